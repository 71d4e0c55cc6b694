"""A mail server for tests: it speaks SMTP, keeps what it is given, and refuses whom it is told to refuse."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_string
from email.message import Message


class Mailbox(socketserver.ThreadingTCPServer):
    daemon_threads = allow_reuse_address = True

    def __init__(self, refused: set[str]):
        super().__init__(("127.0.0.1", 0), Conversation)
        self.refused, self.letters = refused, []

    @property
    def port(self) -> int:
        return self.server_address[1]

    def to(self, address: str) -> list[Message]:
        return [letter for letter in self.letters if letter["To"] == address]


class Conversation(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client needs to hand over a letter."""

    def handle(self):
        self.say("220 mailbox")
        for line in self.rfile:
            word = line.decode().strip()
            if word.upper().startswith("RCPT TO:") and word[9:].strip("<>") in self.server.refused:
                self.say("550 no such mailbox")
            elif word.upper() == "DATA":
                self.say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.letters.append(message_from_string(b"".join(lines).decode()))
                self.say("250 kept")
            elif word.upper() == "QUIT":
                return self.say("221 bye")
            else:
                self.say("250 yes")
        return None

    def say(self, words: str):
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def mailbox(*refused: str) -> Iterator[Mailbox]:
    """A mail server on a free port of this machine for as long as the block lasts."""
    with Mailbox(set(refused)) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
