/* SPDX-License-Identifier: MIT */
#include "writer.h"

#include <string.h>

#include "slice.h"

/* Types of blocks, and codes of options (draft-ietf-opsawg-pcapng 3.5, 4). */
enum {
    SECTION_HEADER = 0x0a0d0d0a,
    INTERFACE = 1,
    ENHANCED_PACKET = 6,
    SECRETS = 10,
    TLS_KEY_LOG = 0x544c534b,
    INTERFACE_NAME = 2,
    RESOLUTION = 9,
    NANOSECONDS = 9,
    SECTION_LEN = 88,
    SLICE_AT = 28, /* the value of the section's option, from the beginning of the file */
    PACKET_HEAD = 28,
    PACKET_TAIL = 4 + CAPAN_SLICE_PACKET_LEN + 4 + 4
};

static void flush(struct writer *writer) {
    if (fwrite(writer->buffer, 1, writer->len, writer->file) != writer->len) writer->refused = true;
    writer->len = 0;
}

static void put_octets(struct writer *writer, const void *octets, size_t len) {
    if (len > WRITER_BUFFER - writer->len) flush(writer);
    if (len > WRITER_BUFFER) {
        if (fwrite(octets, 1, len, writer->file) != len) writer->refused = true;
        return;
    }
    if (len) memcpy(writer->buffer + writer->len, octets, len);
    writer->len += len;
}

/* Where so many octets, which are few, are to be written. */
static uint8_t *reserve(struct writer *writer, size_t len) {
    if (len > WRITER_BUFFER - writer->len) flush(writer);
    uint8_t *at = writer->buffer + writer->len;
    writer->len += len;
    return at;
}

static uint8_t *put16(uint8_t *to, uint32_t number) {
    to[0] = (uint8_t)number;
    to[1] = (uint8_t)(number >> 8);
    return to + 2;
}

static uint8_t *put32(uint8_t *to, uint32_t number) {
    return put16(put16(to, number), number >> 16);
}

static size_t padding_of(size_t len) {
    return (4 - len % 4) % 4;
}

static void pad(struct writer *writer, size_t len) {
    static const uint8_t zeros[4] = {0};
    put_octets(writer, zeros, padding_of(len));
}

/* --- blocks --- */

static void put_section(struct writer *writer, const struct capan_slice *slice) {
    uint8_t block[SECTION_LEN], *to = put32(put32(block, SECTION_HEADER), SECTION_LEN);
    to = put16(put16(put32(to, 0x1a2b3c4d), 1), 0);
    to = put32(put32(to, UINT32_MAX), UINT32_MAX); /* its length is not given */
    to = put16(put16(to, CAPAN_SLICE_OPTION), CAPAN_SLICE_SECTION_LEN);
    capan_slice_write_section(to, slice);
    put32(put32(to + CAPAN_SLICE_SECTION_LEN, 0), SECTION_LEN);
    put_octets(writer, block, sizeof block);
}

bool capan_writer_begin(struct writer *writer, FILE *file, const struct capan_slice *slice,
                        const struct capan_alloc *alloc) {
    *writer = (struct writer){.file = file, .buffer = capan_new(alloc, WRITER_BUFFER)};
    if (!writer->buffer) return false;
    setvbuf(file, NULL, _IONBF, 0);
    put_section(writer, slice);
    return true;
}

void capan_writer_free(struct writer *writer, const struct capan_alloc *alloc) {
    capan_delete(alloc, writer->buffer, WRITER_BUFFER);
    writer->buffer = NULL;
}

void capan_writer_interface(struct writer *writer, uint32_t link_type, const char *name) {
    enum { FIXED = 16, RESOLUTION_LEN = 8, ENDS = 8 };
    const size_t name_len = name ? strlen(name) : 0, named = name_len ? 4 + name_len + padding_of(name_len) : 0;
    const uint32_t len = (uint32_t)(FIXED + named + RESOLUTION_LEN + ENDS);
    uint8_t block[FIXED + 4], *to = put32(put32(block, INTERFACE), len);
    to = put32(put16(put16(to, link_type), 0), 0); /* no limit to the length */
    if (named) to = put16(put16(to, INTERFACE_NAME), (uint32_t)name_len);
    put_octets(writer, block, (size_t)(to - block));
    put_octets(writer, name, name_len);
    pad(writer, name_len);
    to = put16(put16(block, RESOLUTION), 1);
    put32(put32(put32(to, NANOSECONDS), 0), len);
    put_octets(writer, block, RESOLUTION_LEN + ENDS);
}

void capan_writer_packet(struct writer *writer, const struct capan_whole_frame *frame, uint32_t interface) {
    const uint32_t captured = (uint32_t)frame->octets.len;
    const uint32_t len = (uint32_t)(PACKET_HEAD + captured + padding_of(captured) + PACKET_TAIL);
    const uint64_t stamp = frame->time_ns < 0 ? 0 : (uint64_t)frame->time_ns;
    const struct capan_slice_packet place = {
        .frame = frame->number, .file = (uint16_t)frame->file, .flags = frame->interface ? 0 : CAPAN_SLICE_UNNAMED};
    uint8_t *to = put32(put32(put32(reserve(writer, PACKET_HEAD), ENHANCED_PACKET), len), interface);
    put32(put32(put32(put32(to, (uint32_t)(stamp >> 32)), (uint32_t)stamp), captured), frame->wire_len);
    put_octets(writer, frame->octets.at, captured);
    pad(writer, captured);
    to = put16(put16(reserve(writer, PACKET_TAIL), CAPAN_SLICE_OPTION), CAPAN_SLICE_PACKET_LEN);
    capan_slice_write_packet(to, &place);
    put32(put32(to + CAPAN_SLICE_PACKET_LEN, 0), len);
    writer->packets++;
}

void capan_writer_secrets(struct writer *writer, struct capan_span lines) {
    const uint32_t len = (uint32_t)(20 + lines.len + padding_of(lines.len));
    uint8_t block[16];
    put32(put32(put32(put32(block, SECRETS), len), TLS_KEY_LOG), (uint32_t)lines.len);
    put_octets(writer, block, sizeof block);
    put_octets(writer, lines.at, lines.len);
    pad(writer, lines.len);
    put32(block, len);
    put_octets(writer, block, 4);
}

void capan_writer_notice(struct writer *writer, const struct capan_slice_notice *notice) {
    uint8_t block[12 + CAPAN_SLICE_NOTICE_LEN], *to = put32(put32(block, CAPAN_SLICE_BLOCK), sizeof block);
    capan_slice_write_notice(to, notice);
    put32(to + CAPAN_SLICE_NOTICE_LEN, sizeof block);
    put_octets(writer, block, sizeof block);
}

bool capan_writer_end(struct writer *writer, const struct capan_slice *slice) {
    uint8_t value[CAPAN_SLICE_SECTION_LEN];
    capan_slice_write_section(value, slice);
    flush(writer);
    if (writer->refused || fseek(writer->file, SLICE_AT, SEEK_SET) != 0) return false;
    return fwrite(value, 1, sizeof value, writer->file) == sizeof value;
}
