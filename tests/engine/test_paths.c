/* SPDX-License-Identifier: MIT */
/* A sender and a receiver on a path that loses, delays and reorders, seen from any vantage point: what the path did is
 * known, and the verdicts must say so. The sender is RFC 6675 with a timer by RFC 6298; nothing of a real stack. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capan/analysis.h"

enum {
    SEGMENTS = 120,
    EVENTS = 4096,
    PACKETS = 2048,
    MSS = 1448,
    FLIGHT = 16,
    WINDOW = 44,
    HEADER = 20,
    MICROSECOND = 1000
};
static const int64_t MILLISECOND = 1000000, TIMEOUT = 230000000, DEADLINE = 60000000000;

/* What the path did to a segment before it came to the capture. */
enum truth { TRUTH_ACK, TRUTH_NEW, TRUTH_LATE, TRUTH_AGAIN, TRUTH_RECOVERED, TRUTH_UNKNOWN };

struct packet {
    int64_t time_ns;
    int index;        /* data: which segment; ACK: what is expected next */
    int blocks[3][2]; /* SACK, in segments */
    int block_count;
    uint16_t ip_id;
    bool from_server, again;
    enum truth truth;
};

/* Something that will happen: a packet comes to the capture, or to its destination, or the timer runs out. */
enum occasion { AT_CAPTURE, AT_END, TIMER };
struct event {
    int64_t time_ns;
    enum occasion what;
    struct packet packet;
};

struct path {
    uint64_t random;
    int64_t delay_ns[2]; /* client to capture, capture to server */
    unsigned loss[2];    /* of data on each half, per thousand */
    unsigned late;       /* data that waits longer before the capture, per thousand */
    struct event events[EVENTS];
    int event_count;
    int64_t now;
    /* the sender */
    int next, una, recover;
    bool sacked[SEGMENTS], resent[SEGMENTS];
    int64_t timer_ns;
    uint16_t ip_id[2];
    bool in_recovery, in_loss;
    /* the receiver, and the capture */
    bool got[SEGMENTS], seen[SEGMENTS];
    int highest;
    struct packet packets[PACKETS];
    int packet_count;
};

static unsigned any(struct path *path, unsigned below) {
    path->random = path->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)((path->random >> 33) % below);
}

static void schedule(struct path *path, int64_t time_ns, enum occasion what, const struct packet *packet) {
    assert_true(path->event_count < EVENTS);
    struct event *event = &path->events[path->event_count++];
    *event = (struct event){.time_ns = time_ns, .what = what};
    if (packet) event->packet = *packet;
}

static bool is_lost(struct path *path, unsigned half) {
    return any(path, 1000) < path->loss[half];
}

/* Data goes over both halves of the path; ACKs are neither lost nor reordered. */
static void send_data(struct path *path, int index, bool again) {
    const struct packet packet = {.index = index, .again = again, .ip_id = path->ip_id[0]++};
    const int64_t wait = any(path, 1000) < path->late ? 3 * MILLISECOND : 0;
    path->timer_ns = path->now + TIMEOUT;
    if (!is_lost(path, 0)) schedule(path, path->now + path->delay_ns[0] + wait, AT_CAPTURE, &packet);
}

static void send_ack(struct path *path, int newest) {
    struct packet packet = {.from_server = true, .ip_id = path->ip_id[1]++};
    while (packet.index < SEGMENTS && path->got[packet.index]) packet.index++;
    for (int i = SEGMENTS - 1; i > packet.index; i--) {
        if (!path->got[i]) continue;
        int start = i;
        while (path->got[start - 1]) start--;
        const bool fits = packet.block_count < 3 - (start > newest || newest > i);
        if (fits) packet.blocks[packet.block_count][0] = start, packet.blocks[packet.block_count++][1] = i + 1;
        i = start;
    }
    for (int i = 1; i < packet.block_count; i++) { /* the newest first (RFC 2018 4) */
        if (newest < packet.blocks[i][0] || newest >= packet.blocks[i][1]) continue;
        const int first[2] = {packet.blocks[i][0], packet.blocks[i][1]};
        memcpy(packet.blocks[i], packet.blocks[0], sizeof first);
        memcpy(packet.blocks[0], first, sizeof first);
    }
    schedule(path, path->now + path->delay_ns[1], AT_CAPTURE, &packet);
}

static int in_flight(const struct path *path) {
    int count = 0;
    for (int i = path->una; i < path->next; i++) count += !path->sacked[i];
    return count;
}

static void send_new(struct path *path) {
    while (path->next < SEGMENTS && path->next < path->una + WINDOW && in_flight(path) < FLIGHT) {
        send_data(path, path->next++, false);
        path->now += 12 * MICROSECOND;
    }
}

/* Three SACKed segments above it: lost (RFC 6675 2). After a timeout everything that was not SACKed is. */
static bool looks_lost(const struct path *path, int index) {
    int above = 0;
    for (int i = index + 1; i < path->next; i++) above += path->sacked[i];
    return !path->sacked[index] && !path->resent[index] && (above >= 3 || (path->in_loss && index < path->recover));
}

static void recover_lost(struct path *path) {
    int sent = 0;
    for (int i = path->una; i < path->next && sent < 2; i++) {
        if (!looks_lost(path, i)) continue;
        if (!path->in_recovery) path->recover = path->next;
        path->in_recovery = true;
        path->resent[i] = true;
        send_data(path, i, true);
        path->now += 12 * MICROSECOND;
        sent++;
    }
}

static void take_ack(struct path *path, const struct packet *ack) {
    const bool advances = ack->index > path->una;
    if (advances) path->una = ack->index;
    for (int block = 0; block < ack->block_count; block++)
        for (int i = ack->blocks[block][0]; i < ack->blocks[block][1]; i++) path->sacked[i] = true;
    if (path->in_recovery && path->una >= path->recover) path->in_recovery = path->in_loss = false;
    if (advances) path->timer_ns = path->now + TIMEOUT;
    recover_lost(path);
    send_new(path);
}

static void time_out(struct path *path) {
    path->in_recovery = path->in_loss = true;
    path->recover = path->next;
    memset(path->resent, 0, sizeof path->resent);
    path->resent[path->una] = true;
    send_data(path, path->una, true);
}

static enum truth truth_of(struct path *path, const struct packet *packet) {
    if (packet->from_server) return TRUTH_ACK;
    const bool seen = path->seen[packet->index], overtaken = packet->index < path->highest;
    path->seen[packet->index] = true;
    if (packet->index >= path->highest) path->highest = packet->index + 1;
    if (packet->again) return seen ? TRUTH_AGAIN : overtaken ? TRUTH_RECOVERED : TRUTH_UNKNOWN;
    return seen ? TRUTH_UNKNOWN : overtaken ? TRUTH_LATE : TRUTH_NEW;
}

static void pass_capture(struct path *path, struct packet *packet) {
    assert_true(path->packet_count < PACKETS);
    packet->time_ns = path->now;
    packet->truth = truth_of(path, packet);
    path->packets[path->packet_count++] = *packet;
    if (packet->from_server)
        schedule(path, path->now + path->delay_ns[0], AT_END, packet);
    else if (!is_lost(path, 1))
        schedule(path, path->now + path->delay_ns[1], AT_END, packet);
}

static struct event next_event(struct path *path) {
    int first = 0;
    for (int i = 1; i < path->event_count; i++)
        if (path->events[i].time_ns < path->events[first].time_ns) first = i;
    const struct event event = path->events[first];
    memmove(&path->events[first], &path->events[first + 1], (size_t)(--path->event_count - first) * sizeof event);
    return event;
}

static void run(struct path *path) {
    send_new(path);
    while (path->una < SEGMENTS && path->now < DEADLINE) {
        if (path->event_count == 0 || path->timer_ns < path->events[0].time_ns - DEADLINE)
            schedule(path, path->timer_ns, TIMER, NULL);
        struct event event = next_event(path);
        if (event.what != TIMER && path->timer_ns < event.time_ns) { /* the timer was first */
            path->now = path->timer_ns;
            time_out(path);
        }
        path->now = event.time_ns > path->now ? event.time_ns : path->now;
        if (event.what == TIMER)
            time_out(path);
        else if (event.what == AT_CAPTURE)
            pass_capture(path, &event.packet);
        else if (event.packet.from_server)
            take_ack(path, &event.packet);
        else
            path->got[event.packet.index] = true, send_ack(path, event.packet.index);
    }
    assert_int_equal(path->una, SEGMENTS);
}

/* --- the capture, given to the engine --- */

static void write_be(uint8_t *at, uint32_t value, unsigned octets) {
    while (octets-- > 0) *at++ = (uint8_t)(value >> (8 * octets));
}

/* The client's numbers wrap in the middle of its data. */
static const uint32_t ISN = UINT32_MAX - SEGMENTS * MSS / 2;

static uint32_t number_of(int index) {
    return ISN + 1 + (uint32_t)index * MSS;
}

static size_t write_options(uint8_t *at, const struct packet *packet, bool syn) {
    static const uint8_t syn_options[] = {2, 4, MSS >> 8, MSS & 0xff, 1, 1, 4, 2};
    if (syn) memcpy(at, syn_options, sizeof syn_options);
    if (syn || packet->block_count == 0) return syn ? sizeof syn_options : 0;
    write_be(at, 0x01010500, 4);
    at[3] = (uint8_t)(2 + 8 * packet->block_count);
    for (int i = 0; i < packet->block_count; i++) {
        write_be(at + 4 + 8 * i, number_of(packet->blocks[i][0]), 4);
        write_be(at + 8 + 8 * i, number_of(packet->blocks[i][1]), 4);
    }
    return 4 + 8 * (size_t)packet->block_count;
}

static void give(struct capan_analysis *analysis, const struct packet *packet, uint32_t frame, uint8_t flags) {
    static uint8_t octets[HEADER + 40 + MSS];
    const bool server = packet->from_server, syn = flags & CAPAN_TH_SYN;
    memset(octets, 0, sizeof octets);
    const size_t header_len = HEADER + write_options(octets + HEADER, packet, syn);
    const size_t len = server || syn || packet->index < 0 ? 0 : MSS;
    write_be(octets, server ? 80 : 40000, 2);
    write_be(octets + 2, server ? 40000 : 80, 2);
    const int first = packet->index < 0 ? 0 : packet->index; /* the handshake's segments carry none */
    write_be(octets + 4, server ? !syn : syn ? ISN : number_of(first), 4);
    write_be(octets + 8, server ? number_of(first) : !syn, 4);
    octets[12] = (uint8_t)(header_len / 4 << 4);
    octets[13] = flags;
    write_be(octets + 14, 65535, 2);
    memset(octets + header_len, 'a' + packet->index % 23, len);
    const struct capan_packet given = {.time_ns = packet->time_ns + 1000000000,
                                       .frame = frame,
                                       .octets = {octets, header_len + len},
                                       .wire_len = (uint32_t)(header_len + len),
                                       .ip_header_len = 20,
                                       .ttl = 64,
                                       .ip_id = packet->ip_id,
                                       .has_ip_id = true,
                                       .src = {4, {10, 0, 0, (uint8_t)(server + 1)}},
                                       .dst = {4, {10, 0, 0, (uint8_t)(2 - server)}}};
    capan_analysis_segment(analysis, &given, CAPAN_STREAM_AUTO, NULL);
}

static void hear(void *context, const struct capan_segment *segment, const uint32_t *acks,
                 const struct capan_connection *connection) {
    struct capan_segment *verdicts = context;
    (void)acks, (void)connection;
    verdicts[segment->frame] = *segment;
}

static bool fits(enum truth truth, uint8_t kind) {
    const bool again = kind >= CAPAN_KIND_RETRANSMIT_FAST && kind <= CAPAN_KIND_RETRANSMIT_UNCLEAR;
    switch (truth) {
    case TRUTH_ACK:
        return kind == CAPAN_KIND_ACK_ADVANCE || kind == CAPAN_KIND_ACK_DUPLICATE || kind == CAPAN_KIND_ACK_REPEAT;
    case TRUTH_NEW: return kind == CAPAN_KIND_DATA_NEW;
    case TRUTH_LATE: return kind == CAPAN_KIND_DATA_LATE;
    case TRUTH_AGAIN: return again;
    case TRUTH_RECOVERED: return kind == CAPAN_KIND_DATA_RECOVERED;
    case TRUTH_UNKNOWN: return true;
    }
    return false;
}

static void judge(const struct path *path, const char *what, uint64_t seed) {
    static struct capan_segment verdicts[PACKETS + 4];
    static const char *const truths[] = {"ACK", "new", "late", "sent again", "recovered", "unknown"};
    const struct capan_sink sink = {hear, NULL, NULL, verdicts};
    const struct capan_config config = {.seed = 1, .window_segments = 4096};
    struct capan_analysis *analysis = capan_analysis_new(&config, &sink, NULL);
    const int64_t round = path->delay_ns[0] + path->delay_ns[1];
    const struct packet syn = {.time_ns = -4 * round - 300 * MICROSECOND, .ip_id = 1},
                        syn_ack = {.time_ns = syn.time_ns + 2 * path->delay_ns[1], .from_server = true, .ip_id = 1};
    const struct packet ack = {.time_ns = syn.time_ns + 2 * round, .index = -1, .ip_id = 2};
    assert_non_null(analysis);
    memset(verdicts, 0, sizeof verdicts);
    give(analysis, &syn, 1, CAPAN_TH_SYN);
    give(analysis, &syn_ack, 2, CAPAN_TH_SYN | CAPAN_TH_ACK);
    give(analysis, &ack, 3, CAPAN_TH_ACK);
    for (int i = 0; i < path->packet_count; i++) give(analysis, &path->packets[i], (uint32_t)i + 4, CAPAN_TH_ACK);
    capan_analysis_finish(analysis);
    capan_analysis_free(analysis);
    for (int i = 0; i < path->packet_count; i++) {
        const struct packet *packet = &path->packets[i];
        const uint8_t kind = verdicts[i + 4].kind;
        if (fits(packet->truth, kind)) continue;
        print_message("%s, seed %llu: packet %d (segment %d) is %s, the verdict %s\n", what, (unsigned long long)seed,
                      i, packet->index, truths[packet->truth], capan_tcp_kinds[kind].token);
        fail();
    }
}

static void travel(const char *what, unsigned loss_before, unsigned loss_behind, unsigned late) {
    static const int64_t delays_ns[][2] = {{10000, 20000000}, {10000000, 10000000}, {20000000, 10000}};
    for (unsigned vantage = 0; vantage < 3; vantage++)
        for (uint64_t seed = 1; seed <= 40; seed++) {
            struct path *path = calloc(1, sizeof *path);
            assert_non_null(path);
            *path = (struct path){.random = seed * 9293 + vantage,
                                  .delay_ns = {delays_ns[vantage][0], delays_ns[vantage][1]},
                                  .loss = {loss_before, loss_behind},
                                  .late = late,
                                  .ip_id = {100, 7000}};
            run(path);
            judge(path, what, seed);
            free(path);
        }
}

static void a_clean_path(void **state) {
    (void)state, travel("clean", 0, 0, 0);
}
static void a_path_that_reorders(void **state) {
    (void)state, travel("reordering", 0, 0, 20);
}
static void losses_before_the_capture(void **state) {
    (void)state, travel("loss before", 20, 0, 0);
}
static void losses_behind_the_capture(void **state) {
    (void)state, travel("loss behind", 0, 20, 0);
}
static void losses_on_both_sides(void **state) {
    (void)state, travel("loss", 15, 15, 0);
}
static void losses_and_reordering(void **state) {
    (void)state, travel("loss and reordering", 10, 10, 15);
}
static void heavy_losses(void **state) {
    (void)state, travel("heavy loss", 60, 60, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clean_path),
        cmocka_unit_test(a_path_that_reorders),
        cmocka_unit_test(losses_before_the_capture),
        cmocka_unit_test(losses_behind_the_capture),
        cmocka_unit_test(losses_on_both_sides),
        cmocka_unit_test(losses_and_reordering),
        cmocka_unit_test(heavy_losses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
