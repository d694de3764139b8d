# SPDX-License-Identifier: MIT
"""What the plugin must show on each frame, by the program's rows."""
from collections import defaultdict
from decimal import Decimal

from wireshark import columns, program

SHOWN = [column | {'name': column['field'].removeprefix('capan.')} for column in columns() if 'field' in column]


def fields_of(table, *on):
    """{name: column} of what rows of a table have in their own subtree, on the frames named."""
    return {column['name']: column for column in SHOWN
            if column['table'] == table and not column['proof'] and column['on'] in on}


SEGMENT, CONNECTION = fields_of('segments', 'end'), fields_of('connections', 'end')
EXCHANGE, REQUEST = fields_of('exchanges', 'end', 'both'), fields_of('exchanges', 'request', 'both')
PROOF = {column['name']: column for column in SHOWN if column['table'] == 'segments' and column['proof']}
ALL = SEGMENT | EXCHANGE | REQUEST | CONNECTION | PROOF
FIELDS = [f'capan.{name}' for name in ALL]


def is_number(column):
    return column['wireshark'] not in ('string', 'boolean')


def value_of(row, column):
    value = row
    for part in column['key'].split('.'):
        value = value.get(part) if isinstance(value, dict) else None
    if value in (None, []):
        return []
    values = value if isinstance(value, list) else [value]
    if column['but_0']:
        values = [one for one in values if one not in (0, *column['tokens'][:1])]
    return [Decimal(str(one)) if is_number(column) else one for one in values]


def shown_value(text, column):
    """A value that tshark printed, as the program would say it."""
    if column['wireshark'] == 'string':
        return text
    if column['wireshark'] == 'boolean':
        return text in ('1', 'True')
    return Decimal(text)


class Frame:
    """The rows that belong to a frame, in order."""

    def __init__(self):
        self.segments, self.parts, self.connections = [], [], []

    def values(self, fields, rows):
        return {name: [value for row in rows for value in value_of(row, column)] for name, column in fields.items()}

    def expected(self, quiet):
        """quiet: the kinds that have nothing to say beside an exchange's verdict."""
        ends = [row for row, is_end in self.parts if is_end]
        requests = [row for row, is_end in self.parts if not is_end]
        shown = self.values(SEGMENT, self.segments) | self.values(CONNECTION, self.connections)
        shown |= self.values(REQUEST, requests) | self.values(EXCHANGE, ends)
        both = {name: column for name, column in EXCHANGE.items() if name in REQUEST}
        shown |= self.values(both, [row for row, _ in self.parts])
        speaking = [row for row in self.segments if not ends or row['tcp']['kind'] not in quiet]
        shown |= self.values(PROOF, speaking)
        shown['explain'][:0] = [row['explain'] for row in ends]
        shown['source'][:0] = [row['source'] for row in ends if 'source' in row]
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


def shown_frames(wireshark, capture, *options):
    """The same by the plugin; frames without a verdict are left out."""
    frames = {}
    for number, values in wireshark.fields(capture, FIELDS, *options).items():
        shown = {name: [shown_value(text, column) for text in values[column['field']]]
                 for name, column in ALL.items()}
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
