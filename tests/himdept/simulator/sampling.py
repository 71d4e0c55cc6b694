"""What a sample can say of a share, a length or a ratio: bounds hold but for the luck of so few.

Every bound is that of hospitals as others have counted them. It is widened by four standard errors of the sample and by
nothing else: where the sample is large the bound is sharp, and no bound is moved until a number fits.
"""

from collections import defaultdict
from math import exp, log, sqrt

ERRORS = 4  # one hospital in sixteen thousand would fail by bad luck alone


def share_between(least: float, seen, most: float):
    """Assert a share of yes among pairs (of whom, yes or no). What is of one person does not count as independent."""
    hits, numbers = defaultdict(int), defaultdict(int)
    for whose, yes in seen:
        hits[whose] += yes
        numbers[whose] += 1
    total = sum(numbers.values())
    assert len(numbers) >= 8, f"{len(numbers)} are too few to say"
    share = sum(hits.values()) / total
    error = sqrt(sum((hits[who] - share * numbers[who]) ** 2 for who in numbers)) / total
    assert least - ERRORS * error <= share <= most + ERRORS * error, f"{share:.4f} +- {error:.4f} of {total:,}"


def quantile_between(least: float, values, most: float, *, at: float = 0.5):
    """Assert a quantile, the median unless another is asked for. By ranks: it needs no bell curve."""
    ordered = sorted(values)
    number = len(ordered)
    spread = ERRORS * sqrt(number * at * (1 - at))
    low, high = (min(max(int(number * at + sign * spread), 0), number - 1) for sign in (-1, 1))
    assert high - low < number - 1, f"{number} are too few to say"
    assert ordered[low] <= most, f"{ordered[int(number * at)]:.3f}, at least {ordered[low]:.3f}, of {number:,}"
    assert ordered[high] >= least, f"{ordered[int(number * at)]:.3f}, at most {ordered[high]:.3f}, of {number:,}"


def mean_between(least: float, values, most: float):
    values = list(values)
    mean = sum(values) / len(values)
    error = sqrt(sum((value - mean) ** 2 for value in values)) / len(values)
    assert least - ERRORS * error <= mean <= most + ERRORS * error, f"{mean:.3f} +- {error:.3f} of {len(values):,}"


def ratio_between(least: float, some, others, most: float):
    """Assert how much more there is of some than of others, each given as (amounts, per so much)."""
    rates, error = [], 0.0
    for amounts, per in (some, others):
        amounts = list(amounts)
        rates.append(sum(amounts) / per)
        error += sum(amount**2 for amount in amounts) / sum(amounts) ** 2  # as many as came, of such sizes
    ratio, widened = rates[0] / rates[1], exp(ERRORS * sqrt(error))
    assert log(least / widened) <= log(ratio) <= log(most * widened), f"{ratio:.3f}, times or by {widened:.3f}"
