/* SPDX-License-Identifier: MIT */
#include "recording.h"

#include <stdlib.h>

#include "bytes.h"
#include "header.h"
#include "seqnum.h"
#include "talks.h"

void capan_recording_init(struct recording *recording, uint64_t memory, uint64_t seed,
                          const struct capan_alloc *alloc) {
    *recording = (struct recording){.alloc = alloc, .memory = memory};
    capan_index_init(&recording->talks, seed, alloc);
}

void capan_recording_free(struct recording *recording) {
    const struct capan_alloc *alloc = recording->alloc;
    for (size_t i = 0; i < recording->count; i++)
        capan_delete(alloc, (void *)(uintptr_t)recording->records[i].payload.at, recording->records[i].payload.len);
    capan_delete(alloc, recording->instants, recording->count * sizeof *recording->instants);
    capan_delete(alloc, recording->icmp, recording->icmp_capacity * sizeof *recording->icmp);
    capan_delete(alloc, recording->records, recording->capacity * sizeof *recording->records);
    while (recording->all) {
        struct talk *talk = recording->all;
        recording->all = talk->next;
        for (int i = 0; i < 2; i++) {
            capan_ranges_free(&talk->side[i].octets, alloc);
            capan_ranges_free(&talk->side[i].sacked, alloc);
        }
        capan_delete(alloc, talk, sizeof *talk);
    }
    capan_index_free(&recording->talks);
}

/* --- what it says --- */

static int64_t ack_of(const struct side *me, const struct side *peer, const struct capan_tcp_header *header) {
    return capan_seq_unwrap(header->ack, (uint32_t)peer->base, me->has_acked ? me->acked : peer->sent);
}

/* The same packet again: duplicated on its way or captured twice (RFC 791 3.2). */
static bool is_copy_of_any(const struct recording *recording, struct record *record,
                           const struct capan_tcp_header *header, const struct side *me, const struct side *peer) {
    enum { BACK = 16, AT_ONCE_NS = 1000000 };
    uint32_t number = me->newest;
    if (header->flags & CAPAN_TH_ACK && peer->based) record->ack = ack_of(me, peer, header);
    for (int i = 0; i < BACK && number != RECORD_NONE; i++, number = recording->records[number].before) {
        const struct record *other = &recording->records[number];
        const bool says = record->seq < record->end; /* ACKs are repeated that fast */
        const bool same_id = record->has_ip_id && record->ip_id ? other->ip_id == record->ip_id
                                                                : says && record->time_ns - other->time_ns < AT_ONCE_NS;
        if (same_id && other->seq == record->seq && other->ack == record->ack && other->len == record->len &&
            other->flags == record->flags && other->ts_val == record->ts_val && other->raw_window == header->window)
            return true;
    }
    return false;
}

static void find_base(struct side *side, uint32_t raw) {
    if (side->based) return;
    side->based = true;
    side->base = (int64_t)(uint32_t)(raw - 1);
    side->sent = 1;
}

static void take_syn(struct talk *talk, struct side *me, struct record *record, const struct capan_tcp_header *header) {
    record->isn_again = me->has_syn && (uint32_t)me->base == header->seq;
    if (!me->has_syn && !me->octets.count) {
        me->based = true;
        me->base = header->seq;
        me->sent = 0;
    }
    me->has_syn = true;
    me->has_scale = header->has_window_scale;
    me->scale = header->window_scale;
    if (!talk->first_syn && !(header->flags & CAPAN_TH_ACK)) talk->first_syn = record->frame;
}

static uint32_t window_of(const struct side *me, const struct side *peer, const struct capan_tcp_header *header) {
    const bool scaled = me->has_scale && peer->has_scale && !(header->flags & CAPAN_TH_SYN);
    return (uint32_t)header->window << (scaled ? me->scale : 0);
}

/* What had passed before it. */
static void look_back(struct record *record, const struct talk *talk, const struct side *me, const struct side *peer) {
    record->sent = me->sent;
    record->una = peer->acked;
    record->peer_sent = peer->sent;
    record->acked = me->acked;
    record->id_before = me->ip_id;
    record->ttl_before = me->ttl;
    record->acked_seen = me->acked_seen;
    record->sacked = me->sacked_high;
    record->una_frame = peer->acked_frame;
    record->acked_frame = me->acked_frame;
    record->report = peer->duplicate_frame ? peer->duplicate_frame : peer->acked_frame;
    record->window_before = me->window;
    record->peer_window = peer->window;
    record->first_syn = talk->first_syn;
    record->syn_frame = me->syn_frame;
    record->peer_syn = peer->syn_frame;
    record->peer_last = peer->last_frame;
    record->closed = me->closed_frame;
    record->peer_closed = peer->closed_frame;
    record->goodbye = me->rst_frame ? me->rst_frame : me->fin_frame;
    record->late_data = me->late_frame;
    record->readable = me->readable;
}

static struct range read_block(const struct side *peer, const struct capan_tcp_header *header, unsigned i) {
    return (struct range){capan_seq_unwrap(header->sack[i].left, (uint32_t)peer->base, peer->sent),
                          capan_seq_unwrap(header->sack[i].right, (uint32_t)peer->base, peer->sent)};
}

/* RFC 2883 4: the first block lies below the ACK, or inside the second. */
static void take_blocks(struct recording *recording, struct record *record, struct side *peer,
                        const struct capan_tcp_header *header) {
    const struct range first = read_block(peer, header, 0);
    record->sack_left = first.start;
    record->sack_right = first.end;
    record->dsack = first.start < first.end && first.end <= record->ack;
    if (header->sack_count > 1 && !record->dsack) {
        const struct range second = read_block(peer, header, 1);
        record->dsack = first.start < first.end && first.start >= second.start && first.end <= second.end;
    }
    for (unsigned i = record->dsack; i < header->sack_count; i++) {
        const struct range block = read_block(peer, header, i);
        if (block.start >= block.end || block.end <= record->ack) continue;
        const int64_t known = capan_ranges_common(&peer->sacked, block.start, block.end);
        record->new_sack |= known < block.end - block.start;
        capan_ranges_add(&peer->sacked, recording->alloc, block.start, block.end);
        peer->sacked_high = max_i64(peer->sacked_high, block.end);
    }
}

/* RFC 5681 2. */
static void count_duplicate(struct record *record, struct side *me, const struct side *peer) {
    if (record->seq < record->una - 1) return; /* its receiver does not look at it */
    const bool plain = !record->len && !(record->flags & (CAPAN_TH_SYN | CAPAN_TH_FIN | CAPAN_TH_RST));
    const bool waits = max_i64(record->peer_sent, peer->sacked_high) > record->ack || record->repeats;
    if (!plain || record->ack != record->acked || !waits) return;
    const bool news = record->new_sack || record->sack_cut;
    if (!news && (record->dsack || record->changes_window)) return;
    me->duplicates++;
    me->duplicate_frame = record->frame;
}

/* More than its sender ever offered room for cannot have been sent to it; nor is an ACK of this connection that does
 * not know its SYN (RFC 9293 3.10.7.4). */
static bool is_believed(const struct record *record, const struct side *me, const struct side *peer) {
    enum { FAR_OFF = 1 << 16 };
    const bool strange = !(record->flags & CAPAN_TH_SYN) && !me->has_syn && peer->has_syn && !me->has_acked;
    if (strange && (record->ack < 1 || record->ack > peer->sent + FAR_OFF)) return false;
    const bool bounded = me->has_syn && peer->has_syn && me->spoke;
    return !bounded || record->ack <= peer->sent || record->ack <= me->edge + 1 + (int64_t)me->window_max;
}

static void take_ack(struct recording *recording, struct record *record, struct side *me, struct side *peer,
                     const struct capan_tcp_header *header) {
    find_base(peer, header->ack);
    record->has_ack = true;
    record->ack = ack_of(me, peer, header);
    record->repeats = peer->repeated;
    record->believed = !(header->flags & CAPAN_TH_RST) && is_believed(record, me, peer);
    if (!record->believed) return;
    if (record->ack <= peer->sent) me->acked_seen = max_i64(me->acked_seen, record->ack);
    if (!me->has_acked || record->ack > me->acked) {
        const int64_t from = me->has_acked ? me->acked : record->ack, to = record->ack;
        if (to == peer->probe_end) {
            capan_ranges_add(&peer->octets, recording->alloc, to - 1, to);
            peer->sent = max_i64(peer->sent, to);
        }
        record->unseen = to - from - capan_ranges_common(&peer->octets, from, to);
        me->acked = record->ack;
        me->has_acked = true;
        me->acked_frame = record->frame;
        me->duplicates = 0;
    }
    peer->readable = max_i64(peer->readable, capan_ranges_reach(&peer->octets, record->ack));
    if (header->sack_count) take_blocks(recording, record, peer, header);
}

static void take_window(struct record *record, struct side *me, const struct side *peer,
                        const struct capan_tcp_header *header) {
    record->window = window_of(me, peer, header);
    if (header->flags & CAPAN_TH_RST || (record->has_ack && record->ack < record->acked)) return;
    record->changes_window = me->spoke && record->window != me->window;
    if (!record->window && (me->window || !me->last_frame)) me->closed_frame = record->frame;
    me->window = record->window;
    me->window_max = max_u32(me->window_max, record->window);
    if (record->has_ack) me->edge = max_i64(me->edge, record->ack + record->window);
}

static void take_octets(struct recording *recording, struct record *record, struct side *me) {
    record->seen = capan_ranges_common(&me->octets, record->seq, record->end);
    /* A FIN that acknowledged what was never sent was none, if its sender goes on in its place (RFC 9293 3.10.7.4). */
    if (me->odd_fin && record->seq <= me->odd_fin && record->seq + record->len > me->odd_fin) {
        record->seen -= record->seen > 0;
        me->odd_fin = 0;
    }
    if (record->flags & CAPAN_TH_FIN && record->ack > record->peer_sent) me->odd_fin = record->end - 1;
    record->readable_after = me->readable;
    if (record->seq < record->end && record->end <= record->una && !(record->flags & CAPAN_TH_SYN)) me->repeated = true;
    if (record->flags & CAPAN_TH_RST || record->malformed || (record->bad_sum && me->sums)) return;
    if (!(record->flags & (CAPAN_TH_SYN | CAPAN_TH_ACK))) return;                           /* no receiver takes it */
    if (record->len == 1 && record->seq == me->sent && !record->peer_window && me->spoke) { /* a probe of a window */
        me->probe_end = record->end;
        return;
    }
    record->filled = max_i64(0, min_i64(record->end, record->sent) - record->seq) - record->seen;
    if (!me->spoke && !me->has_syn) record->readable = record->readable_after = me->readable = record->seq;
    capan_ranges_add(&me->octets, recording->alloc, record->seq, record->end);
    if (record->seq <= me->readable) me->readable = capan_ranges_reach(&me->octets, me->readable);
    me->sent = max_i64(me->sent, record->end);
    record->readable_after = me->readable;
}

static void take_end(struct talk *talk, struct record *record, struct side *me, struct side *peer) {
    if (!(record->flags & CAPAN_TH_RST)) {
        me->ip_id = record->ip_id;
        me->ttl = record->ttl;
    }
    if (record->flags & CAPAN_TH_SYN) me->syn_frame = record->frame;
    if (record->flags & CAPAN_TH_FIN && !me->fin_frame) me->fin_frame = record->frame;
    const bool ends = record->flags & CAPAN_TH_RST && (record->seq == record->una || record->seq == record->sent);
    if (ends && !me->rst_frame) me->rst_frame = record->frame;
    if (record->len && (peer->fin_frame || peer->rst_frame)) peer->late_frame = record->frame;
    talk->over |= record->flags & CAPAN_TH_FIN || ends;
    if (!(record->flags & (CAPAN_TH_SYN | CAPAN_TH_RST))) me->spoke = true;
    me->last_frame = record->frame;
}

/* A copy says nothing new. */
static void take_copy(struct record *record, const struct side *me, const struct side *peer,
                      const struct capan_tcp_header *header) {
    record->has_ack = header->flags & CAPAN_TH_ACK;
    record->window = window_of(me, peer, header);
    record->duplicates = me->duplicates;
    record->seen = record->end - record->seq;
    record->readable_after = me->readable;
}

static void take(struct recording *recording, struct talk *talk, struct record *record,
                 const struct capan_tcp_header *header) {
    struct side *me = &talk->side[record->side], *peer = &talk->side[!record->side];
    if (header->flags & CAPAN_TH_ACK) take_ack(recording, record, me, peer, header);
    take_window(record, me, peer, header);
    if (record->has_ack) count_duplicate(record, me, peer);
    record->duplicates = me->duplicates;
    if (record->seq == record->end) peer->repeated = false;
    take_octets(recording, record, me);
    take_end(talk, record, me, peer);
}

static void keep_payload(struct recording *recording, struct record *record, struct capan_span payload) {
    record->digest = payload.len ? capan_hash(recording->talks.key, payload.at, payload.len) | 1 : 0;
    if (!payload.len || recording->held + payload.len > recording->memory / 2) {
        recording->cut |= payload.len != 0;
        return;
    }
    uint8_t *copy = capan_new(recording->alloc, payload.len);
    if (!copy) return;
    memcpy(copy, payload.at, payload.len);
    record->payload = (struct capan_span){copy, payload.len};
    recording->held += payload.len;
}

static void link_record(struct recording *recording, struct record *record, struct side *me) {
    const uint32_t number = (uint32_t)recording->count;
    record->before = me->newest;
    record->after = RECORD_NONE;
    if (me->newest != RECORD_NONE) recording->records[me->newest].after = number;
    me->newest = number;
}

static struct record record_of(const struct capan_packet *packet, const struct capan_tcp_header *header) {
    return (struct record){.time_ns = packet->time_ns,
                           .frame = packet->frame,
                           .len = header->payload_len,
                           .flags = header->flags,
                           .ttl = packet->ttl,
                           .ip_id = packet->ip_id,
                           .has_ip_id = packet->has_ip_id,
                           .has_ts = header->has_timestamps,
                           .ts_val = header->ts_val,
                           .raw_window = header->window,
                           .bad_sum = packet->checksum == CAPAN_CHECKSUM_BAD,
                           .malformed = header->malformed,
                           .sack_cut = header->sack_cut};
}

static void note_path(struct side *side, const struct capan_packet *packet) {
    if (side->path_known) return;
    side->path = packet->path;
    side->path_known = true;
}

enum capan_result capan_recording_add(struct recording *recording, const struct capan_packet *packet) {
    struct capan_tcp_header header;
    int from;
    bool reopens;
    if (!capan_tcp_header_parse(&header, packet)) return CAPAN_OK;
    if (!capan_recording_has_room(recording)) return CAPAN_UNSUPPORTED;
    if (recording->count >= RECORD_NONE - 1 ||
        capan_reserve(recording->alloc, (void **)&recording->records, &recording->capacity, recording->count + 1,
                      sizeof *recording->records) != CAPAN_OK)
        return CAPAN_NO_MEMORY;
    struct talk *talk = capan_talk_of(recording, packet, &header, &from, &reopens);
    if (!talk) return CAPAN_NO_MEMORY;
    struct record record = record_of(packet, &header);
    struct side *me = &talk->side[from], *peer = &talk->side[!from];
    record.talk = talk->number;
    record.side = (uint8_t)from;
    record.pair = talk->in.hash | 1;
    record.reopens = reopens;
    talk->disordered |= record.time_ns < talk->newest_ns;
    talk->newest_ns = max_i64(talk->newest_ns, record.time_ns);
    record.disordered = talk->disordered;
    note_path(me, packet);
    me->sums |= packet->checksum == CAPAN_CHECKSUM_GOOD;
    if (header.flags & CAPAN_TH_SYN) take_syn(talk, me, &record, &header);
    find_base(me, header.seq);
    look_back(&record, talk, me, peer);
    record.first_syn = talk->first_syn;
    record.seq = capan_seq_unwrap(header.seq, (uint32_t)me->base, me->sent);
    record.end = record.seq + header.payload_len + !!(header.flags & CAPAN_TH_SYN) + !!(header.flags & CAPAN_TH_FIN);
    if (is_copy_of_any(recording, &record, &header, me, peer))
        take_copy(&record, me, peer, &header);
    else
        take(recording, talk, &record, &header);
    keep_payload(recording, &record, header.payload);
    link_record(recording, &record, me);
    recording->records[recording->count++] = record;
    return CAPAN_OK;
}

/* --- looked up --- */

enum capan_result capan_recording_icmp(struct recording *recording, uint32_t frame) {
    if (!capan_recording_has_room(recording)) return CAPAN_UNSUPPORTED;
    if (capan_reserve(recording->alloc, (void **)&recording->icmp, &recording->icmp_capacity, recording->icmp_count + 1,
                      sizeof *recording->icmp) != CAPAN_OK)
        return CAPAN_NO_MEMORY;
    recording->icmp[recording->icmp_count++] = frame;
    return CAPAN_OK;
}

bool capan_recording_has_icmp(const struct recording *recording, int64_t frame) {
    size_t low = 0, high = recording->icmp_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (recording->icmp[middle] < frame)
            low = middle + 1;
        else
            high = middle;
    }
    return low < recording->icmp_count && recording->icmp[low] == frame;
}

const struct record *capan_recording_find(const struct recording *recording, uint32_t frame, uint32_t talk) {
    size_t low = 0, high = recording->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (recording->records[middle].frame < frame)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < recording->count && recording->records[low].frame == frame; low++)
        if (talk == RECORD_NONE || recording->records[low].talk == talk) return &recording->records[low];
    return NULL;
}

static int compare_instants(const void *left, const void *right) {
    const struct instant *a = left, *b = right;
    if (a->talk != b->talk) return a->talk < b->talk ? -1 : 1;
    return a->time_ns < b->time_ns ? -1 : a->time_ns > b->time_ns;
}

static bool sort_instants(struct recording *recording) {
    if (!recording->count || recording->instants) return recording->count;
    recording->instants = capan_new(recording->alloc, recording->count * sizeof *recording->instants);
    if (!recording->instants) return false;
    for (size_t i = 0; i < recording->count; i++)
        recording->instants[i] = (struct instant){recording->records[i].time_ns, recording->records[i].talk};
    qsort(recording->instants, recording->count, sizeof *recording->instants, compare_instants);
    return true;
}

bool capan_recording_at(struct recording *recording, uint32_t talk, int64_t time_ns) {
    const struct instant wanted = {time_ns, talk};
    return sort_instants(recording) &&
           bsearch(&wanted, recording->instants, recording->count, sizeof wanted, compare_instants);
}

static size_t first_of_talk(const struct recording *recording, uint32_t talk) {
    size_t low = 0, high = recording->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (recording->instants[middle].talk < talk)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool capan_recording_apart(struct recording *recording, uint32_t talk, int64_t ns) {
    enum { LOOKED_AT = 4096 };
    if (ns < 0 || !sort_instants(recording)) return false;
    const struct instant *at = recording->instants;
    size_t early = first_of_talk(recording, talk), late = early;
    const size_t end = min_size(recording->count, early + LOOKED_AT);
    for (; late < end && at[late].talk == talk; late++) {
        while (early < late && at[late].time_ns - at[early].time_ns > ns) early++;
        if (at[late].time_ns - at[early].time_ns == ns) return true;
    }
    return false;
}

/* Puts what of the record's octets lies in [from, from + len) in their place, as far as it goes on from *have. */
static void put_octets(const struct record *record, int64_t from, uint8_t *to, size_t len, size_t *have) {
    const int64_t start = record->seq + !!(record->flags & CAPAN_TH_SYN), next = from + (int64_t)*have;
    if (next < start || next >= start + (int64_t)record->payload.len) return;
    const struct capan_span part = span_cut(record->payload, (size_t)(next - start), len - *have);
    memcpy(to + *have, part.at, part.len);
    *have += part.len;
}

size_t capan_recording_octets(const struct recording *recording, const struct record *near, int64_t from, uint8_t *to,
                              size_t len) {
    enum { BACK = 64, FORTH = 4096, PASSES = 4 };
    const struct record *at = near;
    size_t have = 0;
    for (int i = 0; i < BACK && at->before != RECORD_NONE && at->seq > from; i++) at = &recording->records[at->before];
    const struct record *const first = at;
    for (int pass = 0; pass < PASSES && have < len; pass++) { /* octets that came late lie behind those that follow */
        at = first;
        for (int i = 0; i < FORTH && have < len; i++) {
            put_octets(at, from, to, len, &have);
            if (at->after == RECORD_NONE || (at->seq > from + (int64_t)len && at->seq > at->readable)) break;
            at = &recording->records[at->after];
        }
    }
    return have;
}
