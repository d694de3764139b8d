# SPDX-License-Identifier: MIT
"""Captures that lie: blocks of pcapng, and files that are small while they are compressed."""
import gzip
import shutil
import struct
import subprocess

from shapes import shape
from wire import INTERFACE, SECTION, block, ethernet, option, packet_block, pcap, times, udp, CLIENT, SERVER

NAMES, STATISTICS, SECRETS, CUSTOM = 4, 5, 10, 0xbad


def pcapng(frames):
    """The units of these shapes are blocks, not frames: bytearray tells them apart."""
    packets = (bytes(one) if isinstance(one, bytearray) else packet_block(ns, one)
               for ns, one in zip(times(len(frames)), frames))
    return SECTION + INTERFACE + b''.join(packets)


def ng(n, **how):
    return shape(n, file=pcapng, **how)


@ng(200_000, lies=True)
def ng_interfaces(n, random):
    """interfaces, each with a name, on which nothing comes"""
    return (bytearray(block(1, struct.pack('<HHI', 1, 0, 0) + option(2, b'if%d' % at) + option(0, b''))) for at in range(n))


@ng(100_000)
def ng_names(n, random):
    """names of addresses"""
    return (bytearray(block(NAMES, struct.pack('<HH', 1, 12) + struct.pack('!I', at) + b'name%03d\0' % (at % 1000) +
                            struct.pack('<HH', 0, 0))) for at in range(n))


@ng(50_000)
def ng_secrets(n, random):
    """secrets of TLS sessions that are not here"""
    def lines():
        return b'CLIENT_RANDOM %s %s\n' % (random.randbytes(32).hex().encode(), random.randbytes(48).hex().encode())
    return (bytearray(block(SECRETS, struct.pack('<II', 0x544c534b, len(text)) + text)) for text in
            (lines() for _ in range(n)))


@ng(50_000)
def ng_secrets_broken(n, random):
    """lines of secrets that are none"""
    return (bytearray(block(SECRETS, struct.pack('<II', 0x544c534b, 60) + random.randbytes(60))) for _ in range(n))


@ng(20_000)
def ng_options(n, random):
    """options of packets: comments, hashes, and what nobody knows"""
    for at in range(n):
        frame = ethernet(udp(CLIENT, SERVER, (5, 53), b'x'))
        notes = b''.join(option(1, b'comment %d' % more) for more in range(60)) + option(0, b'')
        yield bytearray(packet_block(1767225600_000_000_000 + at, frame, options=notes))


@ng(200_000)
def ng_statistics(n, random):
    """statistics of the interface"""
    return (bytearray(block(STATISTICS, struct.pack('<III', 0, at, at))) for at in range(n))


@ng(200_000)
def ng_unknown(n, random):
    """blocks that nobody knows"""
    return (bytearray(block(CUSTOM + at % 1000, b'x' * 20)) for at in range(n))


@ng(100_000)
def ng_sections(n, random):
    """sections, each with its own interface"""
    return (bytearray(SECTION + INTERFACE) for _ in range(n))


@ng(100_000, lies=True)
def ng_no_interface(n, random):
    """packets on interfaces that the file does not have"""
    return (bytearray(packet_block(0, b'x' * 60, interface=at + 1)) for at in range(n))


def long_block(frames):
    return pcapng(frames) + struct.pack('<II', 6, 0xfffffff0) + b'x' * 1000


@shape(1_000, file=long_block, lies=True)
def ng_block_length(n, random):
    """a block of four gigabytes that is not there"""
    return (ethernet(udp(CLIENT, SERVER, (5, 53), b'x')) for _ in range(n))


def long_record(frames):
    return pcap(frames) + struct.pack('<IIII', 1767225700, 0, 0x7fffffff, 0x7fffffff) + b'x' * 1000


@shape(1_000, file=long_record, lies=True)
def pcap_record_length(n, random):
    """a record of two gigabytes that is not there"""
    return (ethernet(udp(CLIENT, SERVER, (5, 53), b'x')) for _ in range(n))


@shape(20_000, file=lambda frames: gzip.compress(pcap(frames), 9, mtime=0))
def gzip_capture(n, random):
    """a capture that is a thousandth of itself while it is compressed"""
    return (ethernet(udp(CLIENT, SERVER, (5, 53), bytes(1400))) for _ in range(n))


def members(frames):
    octets = pcap(frames)
    return b''.join(gzip.compress(octets[at:at + 64], 1, mtime=0) for at in range(0, len(octets), 64))


@shape(20_000, file=members)
def gzip_members(n, random):
    """a capture of thousands of small members"""
    return (ethernet(udp(CLIENT, SERVER, (5, 53), bytes(14))) for _ in range(n))


def zstd(frames):
    return subprocess.run(['zstd', '-19', '--long=31', '-c'], input=pcap(frames), capture_output=True, check=True).stdout


if shutil.which('zstd'):
    @shape(20_000, file=zstd, lies=True)
    def zstd_capture(n, random):
        """a window of two gigabytes for a small capture"""
        return (ethernet(udp(CLIENT, SERVER, (5, 53), bytes(1400))) for _ in range(n))
