/* SPDX-License-Identifier: MIT */
#include "idle.h"

#include <stdlib.h>

#include "bytes.h"
#include "human.h"
#include "text.h"

enum { SHOWN = 5, SPREAD = 20 /* of times that differ by less than this part, one timer is the cause */ };

int64_t capan_safe_idle(const struct capan_tcp_summary *tcp) {
    const int64_t idle_ns = tcp->side[CAPAN_S2C].idle_ns;
    return idle_ns < CAPAN_IDLE_NS || tcp->rtt_ns < 0 || tcp->rtt_ns > idle_ns ? -1 : idle_ns - tcp->rtt_ns;
}

static bool is_same(const struct capan_endpoint *a, const struct capan_endpoint *b) {
    return a->port == b->port && a->address.version == b->address.version &&
           memcmp(a->address.octets, b->address.octets, sizeof a->address.octets) == 0;
}

static struct capan_idler *find(struct capan_idlers *idlers, const struct capan_endpoint *end) {
    for (uint32_t i = 0; i < idlers->count; i++)
        if (is_same(&idlers->at[i].end, end)) return &idlers->at[i];
    if (idlers->count == CAPAN_IDLERS) return NULL;
    struct capan_idler *idler = &idlers->at[idlers->count++];
    *idler = (struct capan_idler){.end = *end, .min_ns = INT64_MAX, .safe_ns = -1};
    return idler;
}

static void note(struct capan_idlers *idlers, const struct capan_endpoint *end, int64_t idle_ns, int64_t safe_ns) {
    struct capan_idler *idler = find(idlers, end);
    if (!idler) {
        idlers->more++;
        return;
    }
    idler->count++;
    idler->min_ns = min_i64(idler->min_ns, idle_ns);
    idler->max_ns = max_i64(idler->max_ns, idle_ns);
    if (safe_ns >= 0) idler->safe_ns = idler->safe_ns < 0 ? safe_ns : min_i64(idler->safe_ns, safe_ns);
}

void capan_idlers_note(struct capan_idlers *idlers, const struct capan_connection *connection) {
    const struct capan_tcp_side *side = connection->tcp.side;
    const struct capan_endpoint client = {connection->client.address, 0};
    if (side[CAPAN_C2S].idle_ns >= CAPAN_IDLE_NS) note(idlers, &client, side[CAPAN_C2S].idle_ns, -1);
    if (side[CAPAN_S2C].idle_ns >= CAPAN_IDLE_NS)
        note(idlers, &connection->server, side[CAPAN_S2C].idle_ns, capan_safe_idle(&connection->tcp));
}

static void put(struct capan_out *out, const struct capan_idler *idler) {
    char end[CAPAN_ENDPOINT_TEXT], least[CAPAN_HUMAN], most[CAPAN_HUMAN], safe[CAPAN_HUMAN];
    char words[CAPAN_PARAGRAPH];
    struct sentence line = sentence_in(words, sizeof words);
    const bool is_timer = idler->count > 1 && idler->max_ns - idler->min_ns <= idler->min_ns / SPREAD;
    capan_endpoint_text(&idler->end, idler->end.port != 0, end);
    capan_human_duration(least, CAPAN_DURATION_ROUGH, idler->min_ns);
    capan_human_duration(most, CAPAN_DURATION_ROUGH, idler->max_ns);
    if (is_timer)
        capan_say(&line, "%s closes idle connections after %s (%u times)", end, least, idler->count);
    else if (idler->count == 1)
        capan_say(&line, "%s closed a connection idle for %s", end, least);
    else
        capan_say(&line, "%s closed %u idle connections after %s to %s", end, idler->count, least, most);
    if (idler->safe_ns >= 0)
        capan_say(&line, ": a client is safe to reuse one within %s",
                  capan_human_duration(safe, CAPAN_DURATION_ROUGH, idler->safe_ns));
    capan_text_paragraph(out, 2, &line);
}

static int by_count(const void *left, const void *right) {
    const struct capan_idler *a = left, *b = right;
    return a->count > b->count ? -1 : a->count < b->count;
}

void capan_idlers_put(struct capan_out *out, struct capan_idlers *idlers) {
    uint32_t more = idlers->more;
    qsort(idlers->at, idlers->count, sizeof *idlers->at, by_count);
    for (uint32_t i = 0; i < idlers->count; i++) {
        if (i < SHOWN)
            put(out, &idlers->at[i]);
        else
            more += idlers->at[i].count;
    }
    if (more) capan_out_format(out, "  others closed %u more idle connections: see idle_before_fin\n", more);
}
