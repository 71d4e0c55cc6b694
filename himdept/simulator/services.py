"""The services of the simulated hospital: how large each is, how long its patients stay, what it does to them."""

from dataclasses import dataclass

from himdept.simulator.chance import Spread


@dataclass(frozen=True, slots=True)
class Operation:
    code: str
    title: str
    duration: Spread
    anesthesia: bool = True
    by_day: bool = True  # also done on people who go home the same day


@dataclass(frozen=True, slots=True)
class Service:
    """`share` is of the inpatients who come by themselves or by ambulance; staff is that of a small hospital."""

    code: str
    title: str
    share: float
    stay: Spread
    location: str
    physicians: int
    residents: int
    nurses: int
    operated: float = 0.0  # share of its inpatients
    operations: tuple[Operation, ...] = ()


ENDOSCOPY = Operation("upper-gi-endoscopy", "Upper gastrointestinal endoscopy", Spread(minutes=35, sigma=0.3))
GENERAL = (
    Operation("appendectomy", "Laparoscopic appendectomy", Spread(minutes=62, sigma=0.3)),
    Operation("cholecystectomy", "Laparoscopic cholecystectomy", Spread(minutes=78, sigma=0.35)),
    Operation("hernia-repair", "Inguinal hernia repair", Spread(minutes=70, sigma=0.3)),
    Operation("bowel-resection", "Bowel resection", Spread(minutes=165, sigma=0.35), by_day=False),
    Operation("abscess-drainage", "Drainage of abscess", Spread(minutes=25, sigma=0.4), anesthesia=False),
)
BONES = (
    Operation("hip-replacement", "Total hip replacement", Spread(minutes=105, sigma=0.25), by_day=False),
    Operation("knee-replacement", "Total knee replacement", Spread(minutes=98, sigma=0.25), by_day=False),
    Operation("fracture-fixation", "Open fixation of fracture", Spread(minutes=90, sigma=0.4)),
    Operation("knee-arthroscopy", "Arthroscopy of the knee", Spread(minutes=48, sigma=0.3)),
)
HEART = (
    Operation("cardiac-catheterization", "Cardiac catheterization", Spread(minutes=55, sigma=0.4), anesthesia=False),
    Operation("pacemaker-insertion", "Insertion of pacemaker", Spread(minutes=65, sigma=0.3)),
    Operation("cardioversion", "Electrical cardioversion", Spread(minutes=20, sigma=0.3)),
)
CESAREAN = Operation("cesarean-section", "Cesarean section", Spread(minutes=52, sigma=0.25))
VAGINAL_DELIVERY = Operation("vaginal-delivery", "Vaginal delivery", Spread(minutes=40, sigma=0.5), anesthesia=False)
CIRCUMCISION = Operation("circumcision", "Circumcision", Spread(minutes=15, sigma=0.3), anesthesia=False)
CATARACT = Operation("cataract-extraction", "Cataract extraction", Spread(minutes=22, sigma=0.25))

HOSPITAL_MEDICINE = Service(
    "hospital-medicine", "Hospital medicine", 44, Spread(days=3.6, sigma=0.65), "4 West", 7, 4, 6, 0.05, (ENDOSCOPY,)
)
SURGERY = Service(
    "surgery", "General surgery", 14, Spread(days=3.9, sigma=0.6), "3 North", 5, 2, 3, 0.72, (*GENERAL, ENDOSCOPY)
)
ORTHOPEDICS = Service("orthopedics", "Orthopedics", 8, Spread(days=2.8, sigma=0.45), "3 South", 4, 1, 2, 0.9, BONES)
CARDIOLOGY = Service("cardiology", "Cardiology", 13, Spread(days=3.1, sigma=0.6), "5 East", 4, 1, 3, 0.34, HEART)
NEUROLOGY = Service("neurology", "Neurology", 7, Spread(days=4.2, sigma=0.7), "5 West", 2, 1, 2)
ONCOLOGY = Service("oncology", "Oncology", 5, Spread(days=5.1, sigma=0.7), "6 East", 2, 1, 2)
PEDIATRICS = Service("pediatrics", "Pediatrics", 9, Spread(days=2.0, sigma=0.55), "2 East", 3, 1, 2)
OBSTETRICS = Service("obstetrics", "Obstetrics", 0, Spread(days=2.3, sigma=0.28), "2 West", 4, 1, 3)
PSYCHIATRY = Service("psychiatry", "Psychiatry", 0, Spread(days=7.4, sigma=0.6), "1 South", 3, 1, 2)
EMERGENCY = Service("emergency-medicine", "Emergency medicine", 0, Spread(hours=3.1, sigma=0.5), "Emergency", 6, 2, 5)
ANESTHESIOLOGY = Service("anesthesiology", "Anesthesiology", 0, Spread(hours=1, sigma=0.1), "Surgery", 4, 0, 2)
OPHTHALMOLOGY = Service(
    "ophthalmology", "Ophthalmology", 0, Spread(hours=4, sigma=0.2), "Day surgery", 2, 0, 1, 1, (CATARACT,)
)

SERVICES = (
    HOSPITAL_MEDICINE,
    SURGERY,
    ORTHOPEDICS,
    CARDIOLOGY,
    NEUROLOGY,
    ONCOLOGY,
    PEDIATRICS,
    OBSTETRICS,
    PSYCHIATRY,
    EMERGENCY,
    ANESTHESIOLOGY,
    OPHTHALMOLOGY,
)
