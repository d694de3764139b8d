/* SPDX-License-Identifier: MIT */
#include "reducer.h"

#include <stdlib.h>

#define MEMORY_DEFAULT (UINT64_C(1) << 30)

struct capan_reducer *capan_reducer_new(const struct capan_config *config, const struct capan_alloc *alloc) {
    struct capan_reducer *reducer = capan_new(alloc, sizeof *reducer);
    if (!reducer) return NULL;
    reducer->alloc = *alloc;
    reducer->config = *config;
    reducer->most = config->memory ? config->memory : MEMORY_DEFAULT;
    return reducer;
}

void capan_reducer_free(struct capan_reducer *reducer) {
    if (!reducer) return;
    const struct capan_alloc alloc = reducer->alloc;
    for (size_t i = 0; i < reducer->count; i++)
        capan_delete(&alloc, kept_octets(&reducer->packets[i]), reducer->packets[i].packet.octets.len);
    capan_delete(&alloc, reducer->packets, reducer->capacity * sizeof *reducer->packets);
    capan_delete(&alloc, reducer->left, reducer->count * sizeof *reducer->left);
    capan_delete(&alloc, reducer->trial, reducer->count * sizeof *reducer->trial);
    capan_delete(&alloc, reducer, sizeof *reducer);
}

enum capan_result capan_reducer_packet(struct capan_reducer *reducer, const struct capan_packet *packet, bool icmp) {
    if (reducer->held + packet->octets.len > reducer->most) return CAPAN_UNSUPPORTED;
    if (capan_reserve(&reducer->alloc, (void **)&reducer->packets, &reducer->capacity, reducer->count + 1,
                      sizeof *reducer->packets) != CAPAN_OK)
        return CAPAN_NO_MEMORY;
    uint8_t *octets = packet->octets.len ? capan_new(&reducer->alloc, packet->octets.len) : NULL;
    if (packet->octets.len && !octets) return CAPAN_NO_MEMORY;
    if (octets) memcpy(octets, packet->octets.at, packet->octets.len);
    struct kept *kept = &reducer->packets[reducer->count++];
    *kept = (struct kept){*packet, icmp};
    kept->packet.octets.at = octets;
    kept->packet.interface = NULL; /* goes with the capture */
    reducer->held += packet->octets.len + sizeof *kept;
    return CAPAN_OK;
}

/* --- one trial --- */

/* A verdict of that token (any, while token is NULL it is looked for by words) at that frame. */
struct trial {
    const char *word; /* the token that is looked for; NULL: found has it */
    uint32_t frame;   /* 0: any */
    struct capan_reduced found;
    struct capan_endpoint client, server;
    bool met;
};

static bool is_meant(const struct trial *trial, const struct capan_cause *cause) {
    if (trial->word) return strcmp(cause->token->token, trial->word) == 0;
    return cause->of == (enum capan_finding_class)trial->found.of && cause->number == trial->found.number;
}

static void look(struct trial *trial, struct capan_causes causes, uint32_t frame, uint8_t certainty,
                 const struct capan_endpoint *client, const struct capan_endpoint *server) {
    if (trial->met || (trial->frame && frame != trial->frame)) return;
    for (struct capan_cause cause; capan_take_cause(&causes, &cause);) {
        if (!is_meant(trial, &cause)) continue;
        if (!trial->word && certainty != trial->found.certainty) continue;
        trial->met = true;
        trial->found.of = (uint8_t)cause.of;
        trial->found.number = (uint8_t)cause.number;
        trial->found.token = cause.token;
        trial->found.certainty = certainty;
        trial->found.frame = frame;
        trial->client = *client;
        trial->server = *server;
        return;
    }
}

static void on_segment(void *context, const struct capan_segment *segment, const uint32_t *acks,
                       const struct capan_connection *connection) {
    (void)acks;
    look(context, capan_segment_causes(segment), segment->frame, segment->certainty, &connection->client,
         &connection->server);
}

static void on_exchange(void *context, const struct capan_exchange *exchange) {
    const uint32_t frame = exchange->response.last_frame ? exchange->response.last_frame : exchange->request.last_frame;
    look(context, capan_exchange_causes(exchange), frame, exchange->certainty, &exchange->client, &exchange->server);
}

/* Told of a host, at the first frame that has it. */
static void look_at_hosts(const struct capan_reducer *reducer, struct trial *trial, struct capan_analysis *analysis) {
    const struct capan_finding *findings;
    const size_t count = capan_analysis_findings(analysis, &findings);
    for (size_t i = 0; i < count && !trial->met; i++) {
        const struct capan_finding *finding = &findings[i];
        const struct capan_cause cause = {(enum capan_finding_class)finding->of, finding->number, finding->token};
        const uint32_t frame = finding->frames[0];
        if (!finding->host.version || !is_meant(trial, &cause) || (trial->frame && frame != trial->frame)) continue;
        size_t at = 0;
        while (at < reducer->count && reducer->packets[at].packet.frame != frame) at++;
        if (at == reducer->count) continue;
        trial->met = true;
        trial->found.of = finding->of;
        trial->found.number = finding->number;
        trial->found.token = finding->token;
        trial->found.certainty = CAPAN_CERTAIN;
        trial->found.frame = frame;
        trial->client.address = reducer->packets[at].packet.src;
        trial->server.address = reducer->packets[at].packet.dst;
    }
}

static bool analyse(struct capan_reducer *reducer, struct trial *trial, const uint32_t *numbers, size_t count) {
    const struct capan_sink sink = {.segment = on_segment, .exchange = on_exchange, .context = trial};
    struct capan_analysis *analysis = capan_analysis_new(&reducer->config, &sink, &reducer->alloc);
    if (!analysis) return false;
    for (size_t i = 0; i < count; i++) {
        const struct kept *kept = &reducer->packets[numbers ? numbers[i] : i];
        if (kept->icmp)
            capan_analysis_icmp(analysis, &kept->packet);
        else
            capan_analysis_segment(analysis, &kept->packet, CAPAN_STREAM_AUTO, NULL);
    }
    capan_analysis_finish(analysis);
    if (!trial->met) look_at_hosts(reducer, trial, analysis);
    capan_analysis_free(analysis);
    reducer->found.trials++;
    return trial->met;
}

bool capan_reducer_gives(struct capan_reducer *reducer, const uint32_t *numbers, size_t count) {
    struct trial trial = {.found = reducer->found, .frame = reducer->found.frame};
    return analyse(reducer, &trial, numbers, count);
}

bool capan_reducer_find(struct capan_reducer *reducer, const char *token, uint32_t frame) {
    struct trial trial = {.word = token, .frame = frame};
    if (!reducer->count || !analyse(reducer, &trial, NULL, reducer->count)) return false;
    const uint32_t trials = reducer->found.trials;
    reducer->found = trial.found;
    reducer->found.trials = trials;
    reducer->found.packets_before = (uint32_t)reducer->count;
    reducer->client = trial.client;
    reducer->server = trial.server;
    reducer->left = capan_new(&reducer->alloc, reducer->count * sizeof *reducer->left);
    reducer->trial = capan_new(&reducer->alloc, reducer->count * sizeof *reducer->trial);
    if (!reducer->left || !reducer->trial) return false;
    for (size_t i = 0; i < reducer->count; i++) reducer->left[i] = (uint32_t)i;
    reducer->left_count = reducer->count;
    return true;
}

/* --- by parts --- */

static bool same_address(const struct capan_address *a, const struct capan_address *b) {
    return a->version == b->version && memcmp(a->octets, b->octets, sizeof a->octets) == 0;
}

static bool is_of_hosts(const struct capan_reducer *reducer, const struct kept *kept) {
    const struct capan_address *client = &reducer->client.address, *server = &reducer->server.address;
    const struct capan_packet *packet = &kept->packet;
    return kept->icmp || (same_address(&packet->src, client) && same_address(&packet->dst, server)) ||
           (same_address(&packet->src, server) && same_address(&packet->dst, client));
}

static bool is_of_connection(const struct capan_reducer *reducer, const struct kept *kept) {
    if (!is_of_hosts(reducer, kept) || kept->icmp || kept->packet.octets.len < 4) return false;
    const uint16_t source = read_be16(kept->packet.octets.at), target = read_be16(kept->packet.octets.at + 2);
    return (source == reducer->client.port && target == reducer->server.port) ||
           (source == reducer->server.port && target == reducer->client.port);
}

static bool is_early(const struct capan_reducer *reducer, const struct kept *kept) {
    return kept->packet.frame <= reducer->found.frame;
}

/* Leaves those alone for which it holds, if they are enough. */
static void leave_only(struct capan_reducer *reducer,
                       bool (*holds)(const struct capan_reducer *, const struct kept *)) {
    size_t count = 0;
    for (size_t i = 0; i < reducer->left_count; i++)
        if (holds(reducer, &reducer->packets[reducer->left[i]])) reducer->trial[count++] = reducer->left[i];
    if (!count || count == reducer->left_count || !capan_reducer_gives(reducer, reducer->trial, count)) return;
    memcpy(reducer->left, reducer->trial, count * sizeof *reducer->left);
    reducer->left_count = count;
}

/* Takes [at, at + len) out, if the others are enough. */
static bool take_out(struct capan_reducer *reducer, size_t at, size_t len) {
    const size_t count = reducer->left_count - len;
    if (!count) return false;
    memcpy(reducer->trial, reducer->left, at * sizeof *reducer->left);
    memcpy(reducer->trial + at, reducer->left + at + len, (count - at) * sizeof *reducer->left);
    if (!capan_reducer_gives(reducer, reducer->trial, count)) return false;
    memcpy(reducer->left, reducer->trial, count * sizeof *reducer->left);
    reducer->left_count = count;
    return true;
}

/* One pass over parts of that length, the last first. True: some were taken out; what is at hand is all that is asked
 * about then, so that a capture of n packets takes some log n passes. */
static bool pass(struct capan_reducer *reducer, size_t len, bool (*expired)(void *), void *context) {
    bool taken = false;
    for (size_t end = reducer->left_count; end > 0 && !expired(context);) {
        const size_t at = end > len ? end - len : 0;
        taken |= take_out(reducer, at, end - at);
        end = at;
    }
    return taken;
}

void capan_reducer_narrow(struct capan_reducer *reducer) {
    leave_only(reducer, is_early);
    leave_only(reducer, is_of_hosts);
    leave_only(reducer, is_of_connection);
}

void capan_reducer_reduce(struct capan_reducer *reducer, bool (*expired)(void *), void *context) {
    enum { PASSES = 4 /* one by one */ };
    for (size_t len = reducer->left_count / 2; len > 1 && !expired(context); len /= 2)
        pass(reducer, len, expired, context);
    for (int i = 0; i < PASSES && pass(reducer, 1, expired, context); i++) continue;
    reducer->found.in_time = !expired(context);
}

/* --- what is left --- */

void capan_reducer_result(const struct capan_reducer *reducer, struct capan_reduced *reduced) {
    *reduced = reducer->found;
    reduced->packets = (uint32_t)reducer->left_count;
    for (size_t i = 0; i < reducer->left_count; i++)
        if (reducer->packets[reducer->left[i]].packet.frame == reducer->found.frame)
            reduced->frame_now = (uint32_t)i + 1;
}

const struct capan_packet *capan_reducer_next(const struct capan_reducer *reducer, uint32_t *at, bool *icmp) {
    if (*at >= reducer->left_count) return NULL;
    const struct kept *kept = &reducer->packets[reducer->left[(*at)++]];
    *icmp = kept->icmp;
    return &kept->packet;
}
