"""The mail server that only writes down: takes mails, ends by itself."""

import asyncio
import smtplib
import socket
import threading

from segmentary.samples.mail_sink import Sink, bound, serve


def test_mails_are_written_down_and_it_ends_by_itself(tmp_path):
    listening = bound()
    port, found = listening.getsockname()[1], []
    sink = Sink(tmp_path)
    thread = threading.Thread(target=lambda: found.append(asyncio.run(serve(sink, listening, 0.2))))
    thread.start()
    with smtplib.SMTP("127.0.0.1", port) as client:
        for number in range(3):
            client.sendmail("a@x.example", ["b@y.example"], f"Subject: {number}\r\n\r\nHello\r\n.dot\r\n")
        assert client.docmd("WHAT")[0] == 502
    with socket.create_connection(("127.0.0.1", port)) as dying:
        # A sender that is killed in the middle of a mail has sent none.
        dying.sendall(b"DATA\r\nSubject: half\r\n\r\nHel")
    thread.join(10)
    assert found == [3]
    mails = sorted(tmp_path.iterdir())
    assert [path.name for path in mails] == ["000001.eml", "000002.eml", "000003.eml"]
    assert mails[0].read_text() == "Subject: 0\n\nHello\n.dot\n"
