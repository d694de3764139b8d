# SPDX-License-Identifier: MIT
"""A page of Chromium over HTTP/3 gets the outcomes that it gets in clear, whatever the network did to its datagrams."""
import pathlib
import struct
import tempfile
import unittest

from wireshark import Wireshark

CAPTURES = pathlib.Path(__file__).parent / 'captures'
FIELDS = [f'capan.http.{name}' for name in ('outcome', 'cond', 'reason', 'provenance', 'compare', 'saved', 'wasted')]
EXCHANGES = 14
TOGETHER = 3  # the last ones, asked at once
ENHANCED_PACKET = 6


def blocks(octets):
    """The blocks of a pcapng file of this machine's byte order."""
    while octets:
        length, = struct.unpack_from('=I', octets, 4)
        yield octets[:length]
        octets = octets[length:]


def is_packet(block):
    return struct.unpack_from('=I', block)[0] == ENHANCED_PACKET


def changed(change):
    """The capture with change() made to the list of its packets' blocks."""
    all_blocks = list(blocks((CAPTURES / 'h3.pcapng').read_bytes()))
    before = [block for block in all_blocks if not is_packet(block)]
    return b''.join(before + change([block for block in all_blocks if is_packet(block)]))


def twice(packets):
    return [packet for packet in packets for _ in range(2)]


def swapped(packets):
    """Each two of the frames 38 to 41, which carry one response, change places."""
    return packets[:37] + [packets[at] for at in (38, 37, 40, 39)] + packets[41:]


class Http3(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.wireshark = Wireshark()
        cls.clear = cls.verdicts('h3-clear.pcap', '-2')

    @classmethod
    def tearDownClass(cls):
        cls.wireshark.folder.cleanup()

    @classmethod
    def verdicts(cls, name, *options):
        path = cls.wireshark.readable(CAPTURES / name)
        frames = cls.wireshark.fields(path, FIELDS, '-Y', 'capan.http.outcome', *options)
        found = [frame for _, frame in sorted(frames.items())]
        return found[:-TOGETHER] + sorted(found[-TOGETHER:], key=str)

    def test_same_outcomes(self):
        self.assertEqual(EXCHANGES, len(self.clear))
        for options in (['-2'], []):
            with self.subTest(options):
                self.assertEqual(self.clear, self.verdicts('h3.pcapng', *options))

    def test_request_and_response_name_each_other(self):
        path = self.wireshark.readable(CAPTURES / 'h3.pcapng')
        ends = self.wireshark.fields(path, ['capan.http.request_in'], '-2', '-Y', 'capan.http.request_in')
        requests = self.wireshark.fields(path, ['capan.http.response_in'], '-2', '-Y', 'capan.http.response_in')
        pairs = {(int(asked), answered) for answered, values in ends.items() for asked in values['capan.http.request_in']}
        self.assertEqual(EXCHANGES, len(pairs))
        self.assertEqual(pairs, {(asked, int(answered)) for asked, values in requests.items()
                                 for answered in values['capan.http.response_in']})

    def test_datagrams_twice_and_in_another_order(self):
        for change in (twice, swapped):
            with self.subTest(change.__name__), tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder) / 'changed.pcapng'
                path.write_bytes(changed(change))
                self.assertEqual(self.clear, self.verdicts(path, '-2'))

    def test_an_answer_to_a_lost_request_is_no_certain_orphan(self):
        """Frames 57 to 70 carry a request among others: nothing shows that it is missing."""
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / 'changed.pcapng'
            path.write_bytes(changed(lambda packets: packets[:56] + packets[70:]))
            frames = self.wireshark.fields(self.wireshark.readable(path), ['capan.http.outcome', 'capan.http.certainty'],
                                           '-2', '-Y', 'capan.http.outcome == "orphan-response"')
            self.assertEqual([['likely']], [frame['capan.http.certainty'] for frame in frames.values()])

    def test_a_lost_datagram_costs_its_response(self):
        """Frame 38 is the second part of a response: its end is not reached."""
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / 'changed.pcapng'
            path.write_bytes(changed(lambda packets: packets[:37] + packets[38:]))
            self.assertEqual(EXCHANGES, len(self.verdicts(path, '-2')))


if __name__ == '__main__':
    unittest.main()
