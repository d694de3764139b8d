# SPDX-License-Identifier: MIT
"""The same requests in HTTP/1.1 and HTTP/2, in clear and over TLS: the same verdicts."""
import pathlib
import unittest

from wireshark import Wireshark

CAPTURES = pathlib.Path(__file__).parent / 'captures'
FIELDS = [f'capan.http.{name}' for name in ('outcome', 'cond', 'reason', 'violation', 'advice', 'provenance', 'compare', 'saved', 'wasted')]
EXCHANGES = 11
OTHERS = ('tls-h1.pcapng', 'tls-h2.pcapng', 'h2c-prior.pcap')


class Tls(unittest.TestCase):
    def verdicts(self, name, *options):
        with Wireshark() as wireshark:
            frames = wireshark.fields(wireshark.readable(CAPTURES / name), FIELDS, '-Y', 'capan.http.outcome', *options)
        return [frame for _, frame in sorted(frames.items())]

    def test_same_verdicts(self):
        clear = self.verdicts('clear.pcap', '-2')
        self.assertEqual(EXCHANGES, len(clear))
        for name in OTHERS:
            with self.subTest(name):
                self.assertEqual(clear, self.verdicts(name, '-2'))

    def test_one_pass(self):
        """In h2c-prior a request goes on behind its answer: in one pass nothing can be said of it in time."""
        clear = self.verdicts('clear.pcap')
        for name in ('tls-h1.pcapng', 'tls-h2.pcapng'):
            with self.subTest(name):
                self.assertEqual(clear, self.verdicts(name))

    def test_handshakes_are_paid_once(self):
        paid = [f'capan.http.handshake_{layer}' for layer in ('tcp', 'tls')]
        for name in ('tls-h1.pcapng', 'tls-h2.pcapng'):
            with self.subTest(name), Wireshark() as wireshark:
                frames = wireshark.fields(wireshark.readable(CAPTURES / name), paid, '-2', '-Y', 'capan.http.outcome')
                first, *others = [tuple(frame.values()) for _, frame in sorted(frames.items())]
                self.assertEqual(first, (['1'], ['2']))  # a full handshake of TLS 1.2
                self.assertEqual(set(map(str, others)), {str(([], []))})

    def test_whatever_wireshark_reassembles(self):
        clear = self.verdicts('clear.pcap', '-2')
        off = [word for name in ('tls.desegment_ssl_application_data', 'http.desegment_body', 'tcp.desegment_tcp_streams') for word in ('-o', f'{name}:FALSE')]
        for name in OTHERS:
            with self.subTest(name):
                self.assertEqual(clear, self.verdicts(name, '-2', *off))


if __name__ == '__main__':
    unittest.main()
