# SPDX-License-Identifier: MIT
"""What the plugin must show on each frame, by the program's rows."""
from collections import defaultdict
from decimal import Decimal

from wireshark import core_list, program

SOURCES = {token: source for token, _, source in core_list('exchange.h', 'HTTP_OUTCOMES')}

# Where a row's value is, and what it is: words are shown as their numbers, durations in seconds.
SEGMENT = {'tcp.kind': 'word', 'tcp.cause': 'word', 'tcp.flags': 'text', 'tcp.certainty': 'word', 'tcp.client.state': 'word',
           'tcp.server.state': 'word', 'tcp.acks': 'number', 'tcp.acked_in': 'number', 'tcp.rtt': 'seconds', 'tcp.rto': 'seconds',
           'tcp.outstanding': 'number'}
PROOF = {'explain': 'text', 'because': 'number', 'source': 'text'}
EXCHANGE = {'http.cond': 'word', 'http.outcome': 'word', 'http.reason': 'word', 'http.certainty': 'word', 'http.violation': 'word',
            'http.advice': 'word', 'http.framing': 'word', 'http.lifetime_heuristic': 'truth',
            'http.request_in': 'number', 'http.validator_in': 'number', 'http.known_in': 'number',
            'http.provenance': 'word', 'http.compare': 'word', 'http.served_by': 'word', 'http.saved': 'number',
            'http.wasted': 'number', 'http.lifetime': 'number', 'http.age': 'number', 'http.server_time': 'seconds',
            'http.unchanged': 'number', 'http.round_trip': 'seconds', 'http.round_trips': 'number', 'http.handshake_tcp': 'number',
            'http.handshake_tunnel': 'number', 'http.handshake_tls': 'number'}
REQUEST = {'http.cond': 'word', 'http.response_in': 'number'}
CONNECTION = {'connection.open': 'word', 'connection.close': 'word', 'connection.vantage': 'word', 'connection.limit': 'word',
              'connection.quality': 'word', 'connection.handshake': 'number', 'connection.time_wait': 'text',
              'connection.ping_passed': 'number', 'connection.ping_refused': 'number', 'connection.ping_elsewhere': 'truth',
              'connection.syn_to_syn_ack': 'seconds',
              'connection.syn_ack_to_ack': 'seconds', 'connection.rtt': 'seconds', 'connection.half_close': 'seconds',
              'connection.pmtu': 'number', 'connection.pmtu_frame': 'number'}
TYPES = SEGMENT | EXCHANGE | REQUEST | CONNECTION | PROOF
FIELDS = [f'capan.{name}' for name in TYPES]
# The program's own places for what the plugin puts under another name.
ELSEWHERE = {'tcp.outstanding': 'outstanding', 'http.server_time': 'server_time'}


def value_of(row, name):
    value = row
    for part in ELSEWHERE.get(name, name).split('.'):
        value = value.get(part) if isinstance(value, dict) else None
    if value in (None, []):
        return []
    values = value if isinstance(value, list) else [value]
    return [Decimal(str(one)) if TYPES[name] in ('number', 'seconds') else one for one in values]


def shown_value(text, name, words):
    """A value that tshark printed, as the program would say it."""
    kind = TYPES[name]
    if kind == 'word':
        return words[f'capan.{name}'][text]
    if kind == 'truth':
        return text in ('1', 'True')
    return text if kind == 'text' else Decimal(text)


class Frame:
    """The rows that belong to a frame, in order."""

    def __init__(self):
        self.segments, self.parts, self.connections = [], [], []

    def values(self, names, rows):
        return {name: [value for row in rows for value in value_of(row, name)] for name in names}

    def expected(self, quiet):
        """quiet: the kinds that have nothing to say beside an exchange's verdict."""
        ends = [row for row, is_end in self.parts if is_end]
        requests = [row for row, is_end in self.parts if not is_end]
        shown = self.values(SEGMENT, self.segments) | self.values(CONNECTION, self.connections)
        shown |= self.values(EXCHANGE, ends) | self.values(['http.response_in'], requests)
        shown |= self.values(['http.cond'], [row for row, _ in self.parts])
        for name, silent in (('tcp.outstanding', 0), ('http.served_by', 'unknown')):
            shown[name] = [value for value in shown[name] if value != silent]
        speaking = [row for row in self.segments if not ends or row['tcp']['kind'] not in quiet]
        shown |= self.values(PROOF, speaking)
        shown['explain'][:0] = [row['explain'] for row in ends]
        shown['source'][:0] = [SOURCES[row['http']['outcome']] for row in ends if SOURCES[row['http']['outcome']]]
        return shown


def expected_frames(capture, quiet):
    """{frame: {field: [values]}} by the program."""
    frames = defaultdict(Frame)
    for row in program('segments', capture):
        frames[row['frame']].segments.append(row)
    for row in program('exchanges', capture):
        request, response = row.get('request_frame'), row.get('response_frame')
        end = response or request
        frames[end].parts.append((row, True))
        if request and request != end:
            frames[request].parts.append((row, False))
    for row in program('connections', capture):
        frames[row['last_frame']].connections.append(row)
    return {number: frame.expected(quiet) for number, frame in frames.items()}


def shown_frames(wireshark, words, capture, *options):
    """The same by the plugin; frames without a verdict are left out."""
    frames = {}
    for number, values in wireshark.fields(capture, FIELDS, *options).items():
        shown = {name: [shown_value(text, name, words) for text in values[f'capan.{name}']] for name in TYPES}
        if any(values.values()):
            frames[number] = shown
    return frames


def differences(expected, shown):
    """Lines that say where two views of a capture differ."""
    for number in sorted(expected.keys() | shown.keys()):
        if number not in shown or number not in expected:
            yield f'frame {number}: only the {"program" if number in expected else "plugin"} has a verdict'
            continue
        for name in expected[number]:
            if expected[number][name] != shown[number][name]:
                yield f'frame {number}: {name}: program {expected[number][name]}, plugin {shown[number][name]}'
