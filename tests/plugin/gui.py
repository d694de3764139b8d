# SPDX-License-Identifier: MIT
"""What a user sees of capan in Wireshark. Started by gui.sh, in its home; mouse and keyboard are xdotool's, and what is on the
screen is read from the accessibility bus."""
import os
import pathlib
import re
import subprocess
import sys
import time
import unittest

import gi

gi.require_version('Atspi', '2.0')
from gi.repository import Atspi  # noqa: E402

HOME = pathlib.Path(os.environ['HOME'])
PATIENCE = 40  # seconds until something must be there
IS_READY = 'is-ready'  # what the script is started with to ask for that
SETTLED = 1.0  # seconds that Wireshark may take to draw what it was told


def xdotool(*words):
    subprocess.run(['xdotool', *map(str, words)], check=True)
    time.sleep(SETTLED)


def nodes(node):
    """All that is below, from the top down; what vanishes meanwhile is left out."""
    yield node
    try:
        for index in range(node.get_child_count()):
            child = node.get_child_at_index(index)
            if child:
                yield from nodes(child)
    except gi.repository.GLib.GError:
        pass


def applications():
    """What the bus told is remembered, and not always corrected."""
    desktop = Atspi.get_desktop(0)
    desktop.clear_cache()
    found = [desktop.get_child_at_index(index) for index in range(desktop.get_child_count())]
    for application in filter(None, found):
        application.clear_cache()
    return filter(None, found)


def is_ready():
    return any(node.get_name() == 'Packet details' and node.get_child_count() > 1
               for application in applications() for node in nodes(application))


def is_shown(node):
    return node.get_state_set().contains(Atspi.StateType.SHOWING)


def is_inside(box, around):
    return box.height > 0 and around.y <= box.y and box.y + box.height <= around.y + around.height


def soon(look):
    """What look() gives as soon as it gives something."""
    end = time.monotonic() + PATIENCE
    found = look()
    while not found and time.monotonic() < end:
        time.sleep(0.3)
        found = look()
    return found


class Wireshark:
    """Wireshark with a capture open at a frame."""

    def __init__(self, capture, frame):
        self.process = subprocess.Popen(['wireshark', '-C', 'capan', '-r', HOME / 'pcaps' / capture, '-g', str(frame)],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.frame, self.title = frame, pathlib.Path(capture).name

    def wait(self):
        """Until it shows the frame. Who asks the bus before Qt has told it all gets no answer later: others ask first."""
        window = subprocess.run(['timeout', str(PATIENCE), 'xdotool', 'search', '--sync', '--onlyvisible', '--name', self.title],
                                capture_output=True, text=True, check=True).stdout.split()[-1]
        xdotool('windowmove', window, 0, 0, 'windowsize', window, 1400, 860)
        soon(lambda: subprocess.run([sys.executable, __file__, IS_READY], capture_output=True).returncode == 0)
        self.details(f'^Frame {self.frame}:')

    def close(self):
        self.process.kill()
        self.process.wait()

    def all(self, role, pattern, where=None):
        tops = [where] if where else applications()
        return [node for top in tops for node in nodes(top)
                if node.get_role_name() == role and re.search(pattern, node.get_name() or '')]

    def one(self, role, pattern, where=None):
        found = soon(lambda: self.all(role, pattern, where))
        assert found, f'no {role} {pattern!r}'
        return found[0]

    def part(self, name):
        return self.one('tree', f'^{name}$')

    def details(self, pattern):
        """An item of the packet details."""
        return self.one('table cell', pattern, self.part('Packet details'))

    def expect(self, *patterns):
        """All of them are unfolded in the packet details."""
        for pattern in patterns:
            self.details(pattern)

    def window(self, pattern):
        """Another top-level window."""
        def look():
            return [node for role in ('frame', 'dialog', 'window') for node in self.all(role, pattern) if is_shown(node)]
        found = soon(look)
        assert found, f'no window {pattern!r}'
        return found[0]

    def cells(self, where):
        return [node.get_name() for node in self.all('table cell', '', where)]

    def click(self, node, *how):
        """What has been scrolled out of sight is scrolled back first."""
        around = node.get_parent().get_extents(Atspi.CoordType.SCREEN)
        for _ in range(30):
            if is_inside(node.get_extents(Atspi.CoordType.SCREEN), around):
                break
            xdotool('mousemove', around.x + around.width // 2, around.y + around.height // 2, 'click', 5)
        box = node.get_extents(Atspi.CoordType.SCREEN)
        xdotool('mousemove', box.x + min(box.width, 120) // 2, box.y + box.height // 2, 'click', *how, 1)

    def menu(self, *path):
        """Chooses a menu item by its names from the bar down."""
        where = self.one('menu bar', '')
        for name in path:
            where = self.one('menu item', f'^{name}$', where)
        where.do_action(0)
        time.sleep(3 * SETTLED)

    def expand(self, pattern):
        """Opens an item of the packet details and all below it."""
        self.click(self.details(pattern))
        xdotool('key', 'End')
        xdotool('key', 'shift+Right')


def picture(name):
    time.sleep(2 * SETTLED)
    target = HOME / 'pictures' / f'{name}.png'
    subprocess.run(['import', '-window', 'root', '+dither', '-colors', '96', f'png8:{target}'], check=True)


class Gui(unittest.TestCase):
    def open(self, capture, frame):
        wireshark = Wireshark(capture, frame)
        self.addCleanup(wireshark.close)
        wireshark.wait()
        return wireshark

    def test_article(self):
        wireshark = self.open('article/baidu.pcap', 9)
        packets = wireshark.part('Packet list')
        headings = [node.get_name() for node in wireshark.all('table column header', '', packets)]
        self.assertLessEqual({'Client', 'Server', 'Verdict', 'Precondition', 'Outcome', 'Saved', 'Wasted', 'Why'}, set(headings))
        self.assertLessEqual({'SYN-SENT', 'syn', 'syn-ack', 'handshake-ack', 'first-fetch'}, set(wireshark.cells(packets)))
        wireshark.expand(r'^\[?capan')
        wireshark.expect('Kind: ', 'Client: ESTABLISHED', 'Proof', 'Explanation')
        picture('article')

    def test_recovery(self):
        wireshark = self.open('tcp/fast-and-sack.pcap', 23)
        self.assertIn('retransmit-sack', wireshark.cells(wireshark.part('Packet list')))
        wireshark.expand(r'^\[?capan, retransmit-sack')
        wireshark.expect('Kind: retransmit-sack', 'Acknowledged in frame: 24', 'Because of frame: 8')
        picture('recovery')
        wireshark.click(wireshark.details('Because of frame: 8'), '--repeat', 2)
        wireshark.details(r'^Frame 8:')

    def test_conditional(self):
        wireshark = self.open('http/unchanged-resent.pcap', 14)
        wireshark.expand(r'^\[?capan, unchanged-resent')
        wireshark.expect('Outcome: unchanged-resent', 'Violation: unchanged-resent-etag')
        picture('conditional')
        wireshark.click(wireshark.details('Validator issued in frame: 8'), '--repeat', 2)
        wireshark.details(r'^Frame 8:')

    def test_experts(self):
        wireshark = self.open('http/unchanged-resent.pcap', 14)
        wireshark.menu('Analyze', 'Expert Information')
        window = wireshark.window('Expert Information')
        cells = soon(lambda: [cell for cell in wireshark.cells(window) if 'unchanged-resent' in cell])
        self.assertTrue(cells, 'no expert item of capan')
        picture('experts')

    def test_statistics(self):
        wireshark = self.open('http/unchanged-resent.pcap', 14)
        wireshark.menu('Statistics', 'capan', 'HTTP verdicts')
        window = wireshark.window('HTTP verdicts')
        self.assertTrue(soon(lambda: 'unchanged-resent' in wireshark.cells(window)))
        picture('statistics')

    def test_hosts(self):
        wireshark = self.open('http/shared-cache.pcap', 1)
        wireshark.menu('Statistics', 'capan hosts')
        window = wireshark.window('capan hosts')
        self.assertTrue(soon(lambda: 'example.test' in wireshark.cells(window)))
        picture('hosts')

    def test_export(self):
        wireshark = self.open('http/unchanged-resent.pcap', 14)
        wireshark.menu('File', 'Export Objects', 'capan…')
        window = wireshark.window('capan object list')
        self.assertTrue(soon(lambda: {'summary.json', 'exchange-1-unchanged-resent.json'} <= set(wireshark.cells(window))))
        picture('export')

    def test_filter(self):
        wireshark = self.open('http/unchanged-resent.pcap', 1)
        entry = next(node for node in wireshark.all('text', '^Display filter entry$') if is_shown(node))
        wireshark.click(entry)
        xdotool('type', '--delay', 80, 'capan.http.outc')
        picture('filter')
        # The list of completions is not on the bus: what is chosen from it is. The profile's filters come first.
        xdotool('key', 'Down')
        xdotool('key', 'Down')
        xdotool('key', 'Return')
        wireshark.one('combo box', r'^capan\.http\.outcome == "unchanged-resent"')
        xdotool('key', 'Return')
        packets = wireshark.part('Packet list')
        self.assertTrue(soon(lambda: {'14', '20'} <= set(wireshark.cells(packets)) and 'syn' not in wireshark.cells(packets)))


if __name__ == '__main__':
    if sys.argv[1:] == [IS_READY]:
        sys.exit(not is_ready())
    unittest.main()
