/* SPDX-License-Identifier: MIT */
#include "savefile.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "alloc.h"
#include "bytes.h"

/* The longest packet that is believed, as in libpcap. Where the file announces longer ones, BLOCK_MAX is the limit. */
#define PACKET_MAX     (256u * 1024)
#define BLOCK_MAX      (16u * 1024 * 1024)
#define INTERFACES_MAX 65536

enum block {
    SECTION_HEADER = 0x0a0d0d0a,
    INTERFACE_DESCRIPTION = 1,
    PACKET_OBSOLETE = 2,
    SIMPLE_PACKET = 3,
    INTERFACE_STATISTICS = 5,
    ENHANCED_PACKET = 6,
    JOURNAL = 9,
    DECRYPTION_SECRETS = 10,
    CUSTOM = 0xbad,
    CUSTOM_NOT_TO_COPY = 0x40000bad,
    SYSDIG_EVENT = 0x204,
    SYSDIG_EVENT_FLAGS = 0x208,
    SYSDIG_EVENT_V2 = 0x216,
    SYSDIG_EVENT_V2_FLAGS = 0x217,
    SYSDIG_EVENT_V2_LARGE = 0x221,
    SYSDIG_EVENT_V2_LARGE_FLAGS = 0x222
};

CAPAN_PRINTF(3, 4)
static enum capan_result fail(struct capan_savefile *file, enum capan_result result, const char *format, ...) {
    va_list values;
    va_start(values, format);
    vsnprintf(file->message, sizeof file->message, format, values);
    va_end(values);
    return result;
}

/* The input has fewer octets than the record at start needs: its own reason, or a record cut in two. */
static enum capan_result fail_short(struct capan_savefile *file, uint64_t start) {
    const struct capan_input *input = file->input;
    const char *reason = input->file.stopped == CAPAN_END ? "the file stops in the middle of it" : input->file.reason;
    enum capan_result result = input->file.stopped == CAPAN_END ? CAPAN_TRUNCATED : input->file.stopped;
    return fail(file, result, "packet %" PRIu64 " at octet %" PRIu64 ": %s", file->records + 1, start, reason);
}

static uint16_t get16(const struct capan_savefile *file, const uint8_t *at) {
    return file->big_endian ? read_be16(at) : read_le16(at);
}

static uint32_t get32(const struct capan_savefile *file, const uint8_t *at) {
    return file->big_endian ? read_be32(at) : read_le32(at);
}

static uint64_t get64(const struct capan_savefile *file, const uint8_t *at) {
    uint64_t first = get32(file, at), second = get32(file, at + 4);
    return file->big_endian ? first << 32 | second : second << 32 | first;
}

/* Hostile stamps end at the ends of what 64 bits of nanoseconds hold (1677 to 2262). */
static int64_t time_of(const struct capan_interface *interface, uint64_t stamp) {
    int64_t seconds = (int64_t)min_u64(stamp / interface->units, INT64_MAX / 4);
    int64_t offset = max_i64(min_i64(interface->offset_s, INT64_MAX / 4), -(INT64_MAX / 4));
    uint64_t rest = stamp % interface->units;
    int64_t ns = interface->units <= UINT64_C(10000000000) ? (int64_t)(rest * UINT64_C(1000000000) / interface->units)
                                                           : (int64_t)((double)rest * 1e9 / (double)interface->units);
    seconds += offset;
    if (seconds >= INT64_MAX / 1000000000) return INT64_MAX;
    if (seconds <= INT64_MIN / 1000000000) return INT64_MIN;
    return seconds * 1000000000 + ns;
}

static enum capan_result add_interface(struct capan_savefile *file, const struct capan_interface *interface) {
    void *items = file->interfaces;
    if (file->interface_count >= INTERFACES_MAX)
        return fail(file, CAPAN_UNSUPPORTED, "more than %d interfaces", INTERFACES_MAX);
    if (capan_reserve(file->input->alloc, &items, &file->interface_capacity, file->interface_count + 1,
                      sizeof *interface) != CAPAN_OK)
        return fail(file, CAPAN_NO_MEMORY, "no memory for the list of interfaces");
    file->interfaces = items;
    file->interfaces[file->interface_count++] = *interface;
    return CAPAN_OK;
}

/* --- pcap --- */

static const struct magic {
    uint32_t number; /* as written in the writer's own byte order */
    uint32_t units, record_header;
} magics[] = {
    {0xa1b2c3d4, 1000000, 16},
    {0xa1b23c4d, 1000000000, 16},
    {0xa1b2cd34, 1000000, 24}, /* libpcap as Linux distributions patched it about 1999: interface and protocol added */
};

static const struct magic *find_magic(const uint8_t *at, bool *big_endian) {
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
        *big_endian = read_be32(at) == magics[i].number;
        if (*big_endian || read_le32(at) == magics[i].number) return &magics[i];
    }
    return NULL;
}

static enum capan_result open_pcap(struct capan_savefile *file, const struct magic *magic) {
    const uint8_t *at = input_peek(file->input, 24);
    if (!at) return fail(file, CAPAN_TRUNCATED, "the file stops in the middle of its header");
    uint16_t major = get16(file, at + 4), minor = get16(file, at + 6);
    if (major != 2) return fail(file, CAPAN_UNSUPPORTED, "pcap version %u.%u is not known", major, minor);
    /* The upper bits tell of a frame check sequence (draft-ietf-opsawg-pcap 4). */
    struct capan_interface interface = {
        .link_type = get32(file, at + 20) & 0x03ffffff, .snaplen = get32(file, at + 16), .units = magic->units};
    file->record_header = magic->record_header;
    file->swapped_lengths = minor < 3;
    input_skip(file->input, 24);
    return add_interface(file, &interface);
}

static enum capan_result next_pcap(struct capan_savefile *file, struct capan_record *record) {
    struct capan_input *input = file->input;
    const struct capan_interface *interface = &file->interfaces[0];
    uint64_t start = input->position;
    const uint8_t *at = input_peek(input, file->record_header);
    if (!at) return input->at == input->end && input->file.stopped == CAPAN_END ? CAPAN_END : fail_short(file, start);
    uint32_t captured = get32(file, at + 8), wire = get32(file, at + 12);
    if (file->swapped_lengths && captured > wire) {
        uint32_t other = captured;
        captured = wire;
        wire = other;
    }
    if (captured > PACKET_MAX && (captured > interface->snaplen || captured > BLOCK_MAX))
        return fail(file, CAPAN_DAMAGED,
                    "packet %" PRIu64 " at octet %" PRIu64 " claims a length of %" PRIu32 ": damaged here",
                    file->records + 1, start, captured);
    at = input_peek(input, (size_t)file->record_header + captured);
    if (!at) return fail_short(file, start);
    uint32_t fraction = get32(file, at + 4);
    *record = (struct capan_record){
        .time_ns = (int64_t)get32(file, at) * 1000000000 + (int64_t)fraction * (int64_t)(1000000000 / interface->units),
        .link_type = interface->link_type,
        .wire_len = wire > captured ? wire : captured,
        .octets = {at + file->record_header, captured},
    };
    input_skip(input, (size_t)file->record_header + captured);
    return CAPAN_OK;
}

/* --- pcapng --- */

/* Takes the next option off; false at the end of the list. */
static bool next_option(const struct capan_savefile *file, struct capan_span *options, uint16_t *code,
                        struct capan_span *value) {
    if (options->len < 4) return false;
    uint16_t len = get16(file, options->at + 2);
    *code = get16(file, options->at);
    *value = span_cut(*options, 4, len);
    *options = span_cut(*options, 4 + (((size_t)len + 3) & ~(size_t)3), SIZE_MAX);
    return *code != 0;
}

/* An option of an interface: if_name (2), else if_description (3); if_tsresol (9) and if_tsoffset (14). */
static void interface_option(const struct capan_savefile *file, struct capan_interface *interface, uint16_t code,
                             struct capan_span value) {
    if ((code == 2 || (code == 3 && !interface->named)) && value.len) {
        interface->named = true;
        memset(interface->name, 0, sizeof interface->name);
        memcpy(interface->name, value.at, min_size(value.len, sizeof interface->name - 1));
    } else if (code == 9 && value.len >= 1) {
        unsigned power = value.at[0] & 0x7f;
        interface->units = 1;
        if (value.at[0] & 0x80)
            interface->units <<= power < 63 ? power : 63;
        else
            for (; power && interface->units < UINT64_C(1000000000000000000); power--) interface->units *= 10;
    } else if (code == 14 && value.len >= 8) {
        interface->offset_s = (int64_t)get64(file, value.at);
    }
}

static enum capan_result read_interface(struct capan_savefile *file, struct capan_span body) {
    if (body.len < 8) return fail(file, CAPAN_DAMAGED, "an interface description is too short");
    struct capan_interface interface = {
        .link_type = get16(file, body.at), .snaplen = get32(file, body.at + 4), .units = 1000000};
    struct capan_span options = span_cut(body, 8, SIZE_MAX), value;
    uint16_t code;
    snprintf(interface.name, sizeof interface.name, "number %zu", file->interface_count);
    while (next_option(file, &options, &code, &value)) interface_option(file, &interface, code, value);
    return add_interface(file, &interface);
}

/* What the interface (isb_ifdrop, 5) and the system (isb_osdrop, 7) lost since the capture began; a block
 * replaces the one before. */
static enum capan_result read_statistics(struct capan_savefile *file, struct capan_span body) {
    uint32_t number = body.len >= 12 ? get32(file, body.at) : UINT32_MAX;
    if (number >= file->interface_count) return CAPAN_OK;
    struct capan_span options = span_cut(body, 12, SIZE_MAX), value;
    uint64_t dropped = 0;
    uint16_t code;
    while (next_option(file, &options, &code, &value))
        if ((code == 5 || code == 7) && value.len >= 8) dropped += get64(file, value.at);
    file->dropped += dropped - file->interfaces[number].dropped;
    file->interfaces[number].dropped = dropped;
    return CAPAN_OK;
}

/* TLS secrets (pcapng 4.7); secrets of other protocols are skipped. */
static enum capan_result read_secrets(const struct capan_savefile *file, struct capan_span body,
                                      struct capan_record *record) {
    enum { TLS_KEY_LOG = 0x544c534b };
    if (body.len >= 8 && get32(file, body.at) == TLS_KEY_LOG)
        record->secrets = span_cut(body, 8, get32(file, body.at + 4));
    return CAPAN_OK;
}

/* What is common to the three packet blocks. header is the octets of the block's own fields before the packet. */
static enum capan_result fill_record(struct capan_savefile *file, struct capan_record *record, struct capan_span body,
                                     uint32_t number, uint32_t header, uint32_t captured, uint32_t wire) {
    if (number >= file->interface_count)
        return fail(file, CAPAN_DAMAGED, "packet %" PRIu64 ": interface %" PRIu32 " was never described",
                    file->records + 1, number);
    if (captured > body.len - header)
        return fail(file, CAPAN_DAMAGED, "packet %" PRIu64 " claims to be longer than its block", file->records + 1);
    *record = (struct capan_record){.link_type = file->interfaces[number].link_type,
                                    .interface = file->interfaces[number].name,
                                    .wire_len = wire > captured ? wire : captured,
                                    .octets = span_cut(body, header, captured)};
    return CAPAN_OK;
}

/* Where the packet stood before the capture was split. */
static void read_place(const struct capan_savefile *file, struct capan_span body, struct capan_record *record) {
    struct capan_span options = span_cut(body, 20 + ((record->octets.len + 3) & ~(size_t)3), SIZE_MAX), value;
    struct capan_slice_packet packet;
    uint16_t code;
    while (next_option(file, &options, &code, &value)) {
        if (code != CAPAN_SLICE_OPTION || !capan_slice_read_packet(&packet, value, file->big_endian)) continue;
        record->frame = packet.frame;
        if (packet.flags & CAPAN_SLICE_UNNAMED) record->interface = NULL;
    }
}

static enum capan_result read_enhanced(struct capan_savefile *file, struct capan_span body, bool obsolete,
                                       struct capan_record *record) {
    if (body.len < 20)
        return fail(file, CAPAN_DAMAGED, "the block of packet %" PRIu64 " is too short", file->records + 1);
    uint32_t number = obsolete ? get16(file, body.at) : get32(file, body.at);
    enum capan_result result =
        fill_record(file, record, body, number, 20, get32(file, body.at + 12), get32(file, body.at + 16));
    if (result != CAPAN_OK) return result;
    uint64_t stamp = (uint64_t)get32(file, body.at + 4) << 32 | get32(file, body.at + 8);
    record->time_ns = time_of(&file->interfaces[number], stamp);
    if (file->slice.part) read_place(file, body, record);
    return CAPAN_OK;
}

static enum capan_result read_simple(struct capan_savefile *file, struct capan_span body, struct capan_record *record) {
    if (body.len < 4)
        return fail(file, CAPAN_DAMAGED, "the block of packet %" PRIu64 " is too short", file->records + 1);
    uint32_t wire = get32(file, body.at), snaplen = file->interface_count ? file->interfaces[0].snaplen : 0;
    uint32_t captured = min_u32(wire, (uint32_t)body.len - 4);
    if (snaplen) captured = min_u32(captured, snaplen);
    enum capan_result result = fill_record(file, record, body, 0, 4, captured, wire);
    record->time_ns = file->time_ns;
    return result;
}

/* A section of a split capture says so in an option; others' options are not looked at where they are long. */
static void read_slice(struct capan_savefile *file) {
    enum { OPTIONS_AT = 24, LONGEST = 4096 };
    const uint8_t *at = input_peek(file->input, OPTIONS_AT);
    const uint32_t len = at ? get32(file, at + 4) : 0;
    file->slice = (struct capan_slice){0};
    if (len < OPTIONS_AT + 4 || len > LONGEST || !(at = input_peek(file->input, len))) return;
    struct capan_span options = {at + OPTIONS_AT, len - OPTIONS_AT - 4}, value;
    uint16_t code;
    while (next_option(file, &options, &code, &value))
        if (code == CAPAN_SLICE_OPTION && !capan_slice_read_section(&file->slice, value, file->big_endian))
            file->slice = (struct capan_slice){0};
}

/* A new section may have the other byte order and starts its list of interfaces anew (pcapng 4.1). */
static enum capan_result begin_section(struct capan_savefile *file) {
    const uint8_t *at = input_peek(file->input, 16);
    if (!at) return fail_short(file, file->input->position);
    file->big_endian = read_be32(at + 8) == 0x1a2b3c4d;
    if (!file->big_endian && read_le32(at + 8) != 0x1a2b3c4d)
        return fail(file, CAPAN_DAMAGED, "octet %" PRIu64 ": a pcapng section without its byte-order mark",
                    file->input->position);
    uint16_t major = get16(file, at + 12);
    if (major != 1) return fail(file, CAPAN_UNSUPPORTED, "pcapng version %u is not known", major);
    file->interface_count = 0;
    read_slice(file);
    return CAPAN_OK;
}

/* CAPAN_OK with record->octets.at set when the block was a packet, with record->secrets.at when it had TLS secrets.
 * body is the block without its type and lengths. */
static enum capan_result read_block(struct capan_savefile *file, uint32_t type, struct capan_span body,
                                    struct capan_record *record) {
    switch (type) {
    case INTERFACE_DESCRIPTION: return read_interface(file, body);
    case ENHANCED_PACKET: return read_enhanced(file, body, false, record);
    case PACKET_OBSOLETE: return read_enhanced(file, body, true, record);
    case SIMPLE_PACKET: return read_simple(file, body, record);
    case INTERFACE_STATISTICS: return read_statistics(file, body);
    case DECRYPTION_SECRETS: return read_secrets(file, body, record);
    default: return CAPAN_OK;
    }
}

static bool is_packet(uint32_t type) {
    return type == ENHANCED_PACKET || type == PACKET_OBSOLETE || type == SIMPLE_PACKET;
}

static bool is_wanted(uint32_t type, uint32_t len) {
    return is_packet(type) || type == INTERFACE_DESCRIPTION || type == INTERFACE_STATISTICS ||
           (type == DECRYPTION_SECRETS && len <= BLOCK_MAX);
}

static bool is_foreign(uint32_t type) {
    return type == JOURNAL || type == CUSTOM || type == CUSTOM_NOT_TO_COPY || type == SYSDIG_EVENT ||
           type == SYSDIG_EVENT_FLAGS || type == SYSDIG_EVENT_V2 || type == SYSDIG_EVENT_V2_FLAGS ||
           type == SYSDIG_EVENT_V2_LARGE || type == SYSDIG_EVENT_V2_LARGE_FLAGS;
}

static enum capan_result check_block(struct capan_savefile *file, uint32_t type, uint32_t len, uint64_t start) {
    uint32_t least = type == SECTION_HEADER ? 28 : 12;
    if (len < least || len % 4 != 0 || (is_wanted(type, len) && len > BLOCK_MAX))
        return fail(file, CAPAN_DAMAGED,
                    "packet %" PRIu64 " at octet %" PRIu64 ": a block claims a length of %" PRIu32 ": damaged here",
                    file->records + 1, start, len);
    return CAPAN_OK;
}

/* Reads one block. A packet sets record->octets.at, secrets record->secrets.at, an event that is neither
 * record->foreign. */
static enum capan_result next_block(struct capan_savefile *file, struct capan_record *record) {
    struct capan_input *input = file->input;
    uint64_t start = input->position;
    const uint8_t *at = input_peek(input, 8);
    if (!at) return input->at == input->end && input->file.stopped == CAPAN_END ? CAPAN_END : fail_short(file, start);
    enum capan_result result = CAPAN_OK;
    if (read_be32(at) == SECTION_HEADER) result = begin_section(file);
    if (result != CAPAN_OK) return result;
    at = input_peek(input, 8);
    uint32_t type = get32(file, at), len = get32(file, at + 4);
    result = check_block(file, type, len, start);
    if (result != CAPAN_OK) return result;
    if (file->slice.part && type == CAPAN_SLICE_BLOCK && len == 12 + CAPAN_SLICE_NOTICE_LEN &&
        (at = input_peek(input, len)) &&
        capan_slice_read_notice(&record->notice, (struct capan_span){at + 8, len - 12}, file->big_endian)) {
        input_skip(input, len);
        return CAPAN_OK;
    }
    record->foreign = is_foreign(type);
    if (!is_wanted(type, len)) return capan_input_pass(input, len) ? CAPAN_OK : fail_short(file, start);
    at = input_peek(input, len);
    if (!at) return fail_short(file, start);
    if (get32(file, at + len - 4) != len)
        return fail(file, CAPAN_DAMAGED,
                    "packet %" PRIu64 " at octet %" PRIu64 ": a block's two lengths differ: damaged here",
                    file->records + 1, start);
    result = read_block(file, type, (struct capan_span){at + 8, len - 12}, record);
    input_skip(input, len);
    return result;
}

/* Reads on to the first interface, so that its link type is known before the first packet is asked for. */
static enum capan_result open_pcapng(struct capan_savefile *file) {
    struct capan_record none = {0};
    file->pcapng = true;
    enum capan_result result = next_block(file, &none);
    while (result == CAPAN_OK && file->interface_count == 0) {
        const uint8_t *at = input_peek(file->input, 4);
        uint32_t type = at ? get32(file, at) : ENHANCED_PACKET;
        if (type == SECTION_HEADER || is_packet(type) || is_foreign(type) || type == DECRYPTION_SECRETS) break;
        result = next_block(file, &none);
    }
    return result;
}

static enum capan_result next_pcapng(struct capan_savefile *file, struct capan_record *record) {
    *record = (struct capan_record){0};
    enum capan_result result;
    do result = next_block(file, record);
    while (result == CAPAN_OK && !record->octets.at && !record->foreign && !record_is_aside(record));
    return result;
}

enum capan_result capan_savefile_next(struct capan_savefile *file, struct capan_record *record) {
    enum capan_result result = file->pcapng ? next_pcapng(file, record) : next_pcap(file, record);
    if (result != CAPAN_OK || record_is_aside(record)) return result;
    if (record->foreign) record->time_ns = file->time_ns;
    file->time_ns = record->time_ns;
    file->records++;
    return CAPAN_OK;
}

/* --- opening --- */

static const struct other_format {
    uint32_t number, mask;
    const char *name;
} other_formats[] = {
    {0x28b52ffd, 0xffffffff, "compressed by zstd; unpack it first (zstd -d)"},
    {0xfd377a58, 0xffffffff, "compressed by xz; unpack it first (xz -d)"},
    {0x425a6800, 0xffffff00, "compressed by bzip2; unpack it first (bzip2 -d)"},
    {0x04224d18, 0xffffffff, "compressed by lz4; unpack it first (lz4 -d)"},
    {0x504b0304, 0xffffffff, "a zip archive; unpack it first"},
    {0x736e6f6f, 0xffffffff, "a snoop capture; editcap can make it a pcapng file"},
    {0x5452534e, 0xffffffff, "a Sniffer capture; editcap can make it a pcapng file"},
    {0x58435000, 0xffffff00, "a NetXray capture; editcap can make it a pcapng file"},
    {0x474d4255, 0xffffffff, "a Network Monitor capture; editcap can make it a pcapng file"},
};

static enum capan_result refuse(struct capan_savefile *file, uint32_t number) {
    for (size_t i = 0; i < sizeof other_formats / sizeof *other_formats; i++)
        if ((number & other_formats[i].mask) == other_formats[i].number)
            return fail(file, CAPAN_UNSUPPORTED, "%s", other_formats[i].name);
    return fail(file, CAPAN_UNSUPPORTED, "neither a pcap nor a pcapng file");
}

enum capan_result capan_savefile_open(struct capan_savefile *file, struct capan_input *input) {
    *file = (struct capan_savefile){.input = input};
    const uint8_t *at = input_peek(input, 4);
    if (!at && input->file.stopped == CAPAN_END)
        return fail(file, CAPAN_TRUNCATED,
                    input->at == input->end ? "the file is empty" : "the file stops in the middle of its header");
    if (!at) return fail(file, input->file.stopped, "%s", input->file.reason);
    if (read_be32(at) == SECTION_HEADER) return open_pcapng(file);
    const struct magic *magic = find_magic(at, &file->big_endian);
    return magic ? open_pcap(file, magic) : refuse(file, read_be32(at));
}

void capan_savefile_close(struct capan_savefile *file) {
    if (!file->input) return;
    capan_delete(file->input->alloc, file->interfaces, file->interface_capacity * sizeof *file->interfaces);
    file->interfaces = NULL;
    file->interface_count = file->interface_capacity = 0;
}
