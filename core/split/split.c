/* SPDX-License-Identifier: MIT */
#include "capan/split.h"

#include <string.h>

#include "clients.h"
#include "held.h"
#include "icmp.h"
#include "pair.h"
#include "quote.h"
#include "slice.h"
#include "writer.h"

/* Fragments that were cut when they were captured are put together with nothing: they go where the first of their
 * datagram went, as long as that is known. */
enum { DATAGRAMS_KNOWN = 64 };

struct link {
    uint32_t type;
    const char *interface;
};

struct known_datagram {
    uint64_t datagram;
    uint32_t part;
};

struct capan_split {
    struct capan_split_config config;
    struct capan_alloc alloc;
    struct clients clients;
    struct held held;
    struct writer *writers;
    struct link *links;
    size_t link_count, link_capacity;
    struct known_datagram known[DATAGRAMS_KNOWN];
    unsigned next_known;
    struct capan_slice slice; /* what all parts say of themselves */
    uint32_t part;            /* of the frame at hand */
    bool placed;              /* that is known */
    uint32_t noticed;         /* CAPAN_SLICE_LOST_... since the last segment */
    uint32_t notices;         /* written to each part */
    bool no_memory, refused;
};

/* --- which part --- */

static uint32_t part_of_address(const struct capan_split *split, const struct capan_address *address) {
    return capan_clients_part(&split->clients, address, split->config.parts);
}

static uint32_t part_of_pair(const struct capan_split *split, const struct capan_endpoint *from,
                             const struct capan_endpoint *to) {
    return (uint32_t)(capan_pair_hash(split->clients.key, from, to) % split->config.parts);
}

static uint32_t part_of_ends(const struct capan_split *split, const struct capan_endpoint *from,
                             const struct capan_endpoint *to) {
    if (split->config.by == CAPAN_SPLIT_BY_CONNECTION) return part_of_pair(split, from, to);
    return capan_clients_between(&split->clients, from, to, split->config.parts);
}

/* The first of several in one frame says where it goes. */
static void place(struct capan_split *split, uint32_t part) {
    if (!split->placed) split->part = part;
    split->placed = true;
}

static void on_tcp(void *context, const struct capan_packet *packet) {
    struct capan_split *split = context;
    struct capan_tcp_header header;
    uint32_t part;
    split->noticed = 0;
    if (!split->slice.origin_ns) split->slice.origin_ns = packet->time_ns;
    if (!capan_tcp_header_parse(&header, packet)) return;
    if (split->config.by == CAPAN_SPLIT_BY_CONNECTION) {
        const struct capan_endpoint from = {packet->src, header.src_port}, to = {packet->dst, header.dst_port};
        place(split, part_of_pair(split, &from, &to));
    } else if (capan_clients_of(&split->clients, packet, &header, split->config.parts, &part)) {
        place(split, part);
    } else {
        split->no_memory = true;
    }
}

/* An error goes with the connection that it is about, what echo tells of a path with who sent the requests. */
static void on_icmp(void *context, const struct capan_packet *packet) {
    enum { ECHO_REPLY = 0, TOO_BIG = 2, UNREACHABLE = 3, ECHO_REPLY_V6 = 129 };
    struct capan_split *split = context;
    const bool four = packet->src.version == 4;
    struct icmp_quote about;
    struct quote quote;
    if (capan_icmp_read(&about, packet)) {
        place(split, part_of_ends(split, &about.from, &about.to));
        return;
    }
    const uint8_t type = packet->octets.at[0];
    if (type == (four ? UNREACHABLE : TOO_BIG) && capan_quote_read(&quote, packet->octets))
        place(split, part_of_address(split, &quote.from));
    else
        place(split, part_of_address(split, type == (four ? ECHO_REPLY : ECHO_REPLY_V6) ? &packet->dst : &packet->src));
}

/* Where nothing tells of a connection: the same for both directions between two addresses. */
static uint32_t part_of_others(const struct capan_split *split, const struct capan_whole_frame *frame) {
    if (!frame->src.version) return 0;
    const size_t len = frame->src.version == 6 ? 16 : 4;
    const bool turned = memcmp(frame->src.octets, frame->dst.octets, len) > 0;
    return part_of_address(split, turned ? &frame->dst : &frame->src);
}

/* --- writing --- */

static uint32_t link_number(struct capan_split *split, const struct capan_whole_frame *frame) {
    size_t number = 0;
    while (number < split->link_count &&
           (split->links[number].type != frame->link_type || split->links[number].interface != frame->interface))
        number++;
    if (number < split->link_count) return (uint32_t)number;
    void *items = split->links;
    if (capan_reserve(&split->alloc, &items, &split->link_capacity, number + 1, sizeof *split->links) != CAPAN_OK) {
        split->no_memory = true;
        return 0;
    }
    split->links = items;
    split->links[split->link_count++] = (struct link){frame->link_type, frame->interface};
    for (uint32_t i = 0; i < split->config.parts; i++)
        capan_writer_interface(&split->writers[i], frame->link_type, frame->interface);
    return (uint32_t)number;
}

static void write_frame(struct capan_split *split, const struct capan_whole_frame *frame, uint32_t part) {
    const uint32_t link = link_number(split, frame);
    if (split->no_memory) return;
    capan_writer_packet(&split->writers[part], frame, link);
    split->refused |= split->writers[part].refused;
}

static void write_notice(struct capan_split *split, uint32_t lost) {
    const struct capan_slice_notice notice = {lost, ++split->notices};
    for (uint32_t i = 0; i < split->config.parts; i++) capan_writer_notice(&split->writers[i], &notice);
}

/* What waits, up to the first of which it is not known where it goes. */
static void release(struct capan_split *split) {
    for (const struct held_frame *first; (first = capan_held_first(&split->held)) && !first->waits;) {
        if (first->lost)
            write_notice(split, first->lost);
        else
            write_frame(split, &first->frame, first->part);
        capan_held_pop(&split->held);
    }
}

/* Who waits longest waits no more, nor do the others of its datagram: they go by their addresses. */
static void release_first(struct capan_split *split) {
    const struct held_frame *first = capan_held_first(&split->held);
    capan_held_settle(&split->held, first->frame.datagram, part_of_others(split, &first->frame));
    release(split);
}

static void hold(struct capan_split *split, const struct held_frame *frame) {
    if (held_is_full(&split->held)) release_first(split);
    if (!capan_held_push(&split->held, frame)) split->no_memory = true;
}

static const struct known_datagram *find_datagram(const struct capan_split *split, uint64_t datagram) {
    for (size_t i = 0; i < DATAGRAMS_KNOWN; i++)
        if (split->known[i].datagram == datagram) return &split->known[i];
    return NULL;
}

static void note_datagram(struct capan_split *split, uint64_t datagram) {
    split->known[split->next_known++ % DATAGRAMS_KNOWN] = (struct known_datagram){datagram, split->part};
    capan_held_settle(&split->held, datagram, split->part);
}

/* A frame in which no connection was seen. */
static void place_other(struct capan_split *split, const struct capan_whole_frame *frame) {
    const struct known_datagram *known = frame->datagram ? find_datagram(split, frame->datagram) : NULL;
    place(split, known ? known->part : part_of_others(split, frame));
}

static void on_frame(void *context, const struct capan_whole_frame *frame) {
    struct capan_split *split = context;
    split->slice.frames++;
    if (!frame->waits && !split->placed) place_other(split, frame);
    if (!frame->waits && frame->datagram) note_datagram(split, frame->datagram);
    release(split);
    if (frame->waits || split->held.count)
        hold(split, &(struct held_frame){.frame = *frame, .part = split->part, .waits = frame->waits});
    else
        write_frame(split, frame, split->part);
    split->placed = false;
}

static void on_secrets(void *context, struct capan_span lines) {
    struct capan_split *split = context;
    for (uint32_t i = 0; i < split->config.parts; i++) capan_writer_secrets(&split->writers[i], lines);
}

/* The judge of each part is to know of it, once before the next segment. */
static void on_lost(void *context, bool fragments) {
    struct capan_split *split = context;
    const uint32_t lost = fragments ? CAPAN_SLICE_LOST_FRAGMENTS : CAPAN_SLICE_LOST_FRAME;
    if (split->noticed & lost) return;
    split->noticed |= lost;
    if (split->held.count)
        hold(split, &(struct held_frame){.lost = lost});
    else
        write_notice(split, lost);
}

struct capan_capture_sink capan_split_sink(struct capan_split *split) {
    return (struct capan_capture_sink){
        .tcp = on_tcp, .icmp = on_icmp, .secrets = on_secrets, .lost = on_lost, .frame = on_frame, .context = split};
}

/* --- the object --- */

static struct capan_slice slice_of(const struct capan_split *split, uint32_t part) {
    struct capan_slice slice = split->slice;
    slice.part = part + 1;
    slice.packets = split->writers[part].packets;
    return slice;
}

static bool open_writers(struct capan_split *split) {
    for (uint32_t i = 0; i < split->config.parts; i++) {
        const struct capan_slice slice = slice_of(split, i);
        if (!capan_writer_begin(&split->writers[i], split->config.files[i], &slice, &split->alloc)) return false;
    }
    return true;
}

struct capan_split *capan_split_new(const struct capan_split_config *config, const struct capan_alloc *alloc) {
    if (!alloc) alloc = &capan_libc;
    struct capan_split *split = capan_new(alloc, sizeof *split);
    if (!split) return NULL;
    split->config = *config;
    split->alloc = *alloc;
    split->held.alloc = &split->alloc;
    split->slice = (struct capan_slice){.parts = config->parts, .id = config->id};
    capan_clients_open(&split->clients, config->key, &split->alloc);
    split->writers = capan_new(alloc, config->parts * sizeof *split->writers);
    if (split->writers && open_writers(split)) return split;
    capan_split_free(split);
    return NULL;
}

void capan_split_free(struct capan_split *split) {
    if (!split) return;
    const struct capan_alloc alloc = split->alloc;
    for (uint32_t i = 0; split->writers && i < split->config.parts; i++)
        capan_writer_free(&split->writers[i], &split->alloc);
    capan_delete(&alloc, split->writers, split->config.parts * sizeof *split->writers);
    capan_delete(&alloc, split->links, split->link_capacity * sizeof *split->links);
    capan_held_free(&split->held);
    capan_clients_close(&split->clients);
    capan_delete(&alloc, split, sizeof *split);
}

enum capan_result capan_split_finish(struct capan_split *split) {
    while (split->held.count) release_first(split);
    split->slice.whole = capan_split_is_fine(split);
    for (uint32_t i = 0; i < split->config.parts; i++) {
        const struct capan_slice slice = slice_of(split, i);
        if (!capan_writer_end(&split->writers[i], &slice)) split->refused = true;
    }
    if (split->no_memory) return CAPAN_NO_MEMORY;
    return split->refused ? CAPAN_IO : CAPAN_OK;
}

bool capan_split_is_fine(const struct capan_split *split) {
    return !split->no_memory && !split->refused;
}

uint64_t capan_split_packets(const struct capan_split *split, uint32_t part) {
    return split->writers[part].packets;
}

uint64_t capan_split_forgotten(const struct capan_split *split) {
    return split->clients.forgotten;
}
