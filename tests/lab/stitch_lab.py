#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A client and a server in two network namespaces, and a box between that translates, clamps, delays and drops.

usage: stitch_lab.py FOLDER

Writes FOLDER/client.pcap and FOLDER/server.pcap, what each end's interface saw, the server's on a clock of its own, and prints
what the box did. The box answers for itself in plain Python: each frame that it takes from one end goes to the other a
while later, with the client's address and port translated, the TTL less one, and the MSS clamped; of the server's frames
with data it drops every DROPPED-th. Needs root, network namespaces and /dev/net/tun; runs on demand only.
"""
import ctypes
import fcntl
import heapq
import os
import pathlib
import select
import socket
import struct
import subprocess
import sys
import time

CLIENT, SERVER = 'capan-lab-client', 'capan-lab-server'
MACS = {CLIENT: b'\x02\0\0\0\0\x0c', SERVER: b'\x02\0\0\0\0\x05'}
BOX = b'\x02\0\0\0\0\x0b'
INSIDE, OUTSIDE, FAR = '10.77.1.2', '198.51.100.7', '203.0.113.80'
PORT, MSS, DROPPED, OCTETS = 80, 1380, 37, 180000
DELAY_S, RATE_OCTETS_S, AHEAD_US, SNAP = .018, 1500000, 2500000, 96


def run(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def enter(name):
    with open('/run/netns/' + name) as place:
        if ctypes.CDLL(None, use_errno=True).setns(place.fileno(), 0):
            raise OSError(ctypes.get_errno(), 'setns')


def make_end(name, address, gateway):
    """A namespace whose only way out is a tap: the descriptor of the other side of it."""
    run('ip', 'netns', 'add', name)
    with open('/proc/self/ns/net') as home:
        enter(name)
        tap = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(tap, 0x400454ca, struct.pack('16sH', b'lab0', 0x1002))
        ctypes.CDLL(None).setns(home.fileno(), 0)
    inside = ('ip', '-n', name)
    run(*inside, 'link', 'set', 'lab0', 'address', MACS[name].hex(':'), 'up')
    run(*inside, 'addr', 'add', address + '/24', 'dev', 'lab0')
    run(*inside, 'neigh', 'add', gateway, 'lladdr', BOX.hex(':'), 'dev', 'lab0')
    run(*inside, 'route', 'add', 'default', 'via', gateway)
    subprocess.run(['ip', 'netns', 'exec', name, 'ethtool', '-K', 'lab0', 'tso', 'off', 'gso', 'off', 'tx', 'off'],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return tap


def checksum(octets):
    total = sum(struct.unpack('>%dH' % ((len(octets) + 1) // 2), octets + b'\0' * (len(octets) % 2)))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def translate(frame, outwards):
    """The frame as the other end gets it."""
    frame = bytearray(frame)
    frame[0:6], frame[6:12] = MACS[SERVER if outwards else CLIENT], BOX
    tcp = 14 + 4 * (frame[14] & 15)
    frame[22] -= 1
    at, port = (26, tcp) if outwards else (30, tcp + 2)
    frame[at:at + 4] = socket.inet_aton(OUTSIDE if outwards else INSIDE)
    frame[port:port + 2] = struct.pack('>H', struct.unpack('>H', frame[port:port + 2])[0] ^ 0x1111)
    if frame[tcp + 13] & 2 and frame[tcp + 20] == 2:
        frame[tcp + 22:tcp + 24] = struct.pack('>H', MSS)
    frame[24:26] = frame[tcp + 16:tcp + 18] = b'\0\0'
    frame[24:26] = struct.pack('>H', checksum(bytes(frame[14:tcp])))
    pseudo = bytes(frame[26:34]) + struct.pack('>HH', 6, len(frame) - tcp)
    frame[tcp + 16:tcp + 18] = struct.pack('>H', checksum(pseudo + bytes(frame[tcp:])))
    return bytes(frame)


class Box:
    def __init__(self, taps):
        self.taps, self.waiting, self.free = taps, [], {True: 0, False: 0}
        self.kept, self.data, self.dropped, self.order = {tap: [] for tap in taps}, 0, 0, 0

    def see(self, tap, frame):
        self.kept[tap].append((time.time(), frame))

    def take(self, tap):
        frame = os.read(tap, 65536)
        if frame[12:14] != b'\x08\0' or frame[23] != 6:
            return
        self.see(tap, frame)
        outwards = tap == self.taps[0]
        if not outwards and len(frame) > 200:
            self.data += 1
            if self.data % DROPPED == 0:
                self.dropped += 1
                return
        self.free[outwards] = max(self.free[outwards], time.time()) + len(frame) / RATE_OCTETS_S
        self.order += 1
        heapq.heappush(self.waiting, (self.free[outwards] + DELAY_S, self.order, self.taps[outwards], translate(frame, outwards)))

    def work(self, until):
        while not until():
            wait = max(0, self.waiting[0][0] - time.time()) if self.waiting else .05
            for tap in select.select(self.taps, [], [], wait)[0]:
                self.take(tap)
            while self.waiting and self.waiting[0][0] <= time.time():
                _, _, tap, frame = heapq.heappop(self.waiting)
                self.see(tap, frame)
                os.write(tap, frame)

    def write(self, tap, path, ahead_us):
        with open(path, 'wb') as out:
            out.write(struct.pack('<IHHIIII', 0xa1b2c3d4, 2, 4, 0, 0, SNAP, 1))
            for when, frame in self.kept[tap]:
                us = round(when * 1e6) + ahead_us
                out.write(struct.pack('<IIII', us // 1000000, us % 1000000, min(SNAP, len(frame)), len(frame)) + frame[:SNAP])


ANSWER = 'HTTP/1.1 200 OK\\r\\nETag: "lab"\\r\\nContent-Length: %d\\r\\n\\r\\n' % OCTETS
SERVE = ('import socket; s=socket.create_server(("", %d)); print(flush=True); c=s.accept()[0]; c.recv(4096); '
         'c.sendall(b\'%s\' + bytes(%d)); c.shutdown(1); c.recv(1)' % (PORT, ANSWER, OCTETS))
ASK = ('import socket; c=socket.create_connection(("%s", %d)); c.sendall(b"GET /lab HTTP/1.1\\r\\nHost: lab.example\\r\\n\\r\\n"); '
       'exec("while c.recv(65536): pass")' % (FAR, PORT))


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    try:
        taps = [make_end(CLIENT, INSIDE, '10.77.1.1'), make_end(SERVER, FAR, '203.0.113.1')]
        box = Box(taps)
        server = subprocess.Popen(['ip', 'netns', 'exec', SERVER, sys.executable, '-c', SERVE], stdout=subprocess.PIPE)
        server.stdout.readline()
        client = subprocess.Popen(['ip', 'netns', 'exec', CLIENT, sys.executable, '-c', ASK])
        end = time.time() + 30
        box.work(lambda: (client.poll() is not None and server.poll() is not None and not box.waiting) or time.time() > end)
        for process in (client, server):
            process.kill()
        box.write(taps[0], folder / 'client.pcap', 0)
        box.write(taps[1], folder / 'server.pcap', AHEAD_US)
        print('%d of %d frames of the server with data were dropped' % (box.dropped, box.data))
    finally:
        for name in (CLIENT, SERVER):
            subprocess.run(['ip', 'netns', 'del', name], check=False, stderr=subprocess.DEVNULL)


if __name__ == '__main__':
    main()
