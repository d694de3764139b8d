/* SPDX-License-Identifier: MIT */
/* What the path between did to a connection, and to all of them. */
#include <string.h>

#include "stitching.h"

/* --- packets --- */

static void count_fate(struct capan_stitch_way *way, const struct kept_row *row) {
    way->packets++;
    switch ((enum capan_stitch_fate)row->fate) {
    case CAPAN_STITCH_PASSED: way->passed++; break;
    case CAPAN_STITCH_LOST:
        way->lost++;
        way->data_lost += row->span != 0;
        break;
    case CAPAN_STITCH_DUPLICATED:
    case CAPAN_STITCH_DUPLICATED_BACK: way->duplicated++; break;
    case CAPAN_STITCH_COPIED: way->copied++; break;
    default: way->missed++;
    }
}

void capan_account_packet(struct capan_stitch *stitch, const struct kept_row *row, int64_t delay_ns) {
    struct seam *seam = row->seam;
    struct seam_way *way = &seam->way[row->direction];
    const int64_t since_ns = row->time_ns - seam->begin_ns;
    (void)stitch;
    count_fate(&way->account, row);
    if (row->fate == CAPAN_STITCH_PASSED) {
        capan_spread_add(&way->delays, delay_ns);
        capan_stretches_add(&way->account, since_ns, delay_ns, false);
    }
    if (row->fate == CAPAN_STITCH_LOST) capan_stretches_add(&way->account, since_ns, 0, true);
}

/* --- connections --- */

static void finish_delays(struct capan_stitch_way *way, const struct spread *delays) {
    way->delay_min_ns = delays->count ? delays->min_ns : -1;
    way->delay_max_ns = delays->count ? delays->max_ns : -1;
    way->delay_median_ns = capan_spread_at(delays, 500);
    way->delay_p99_ns = capan_spread_at(delays, 990);
}

static struct capan_stitch_way finished(const struct seam_way *way) {
    struct capan_stitch_way account = way->account;
    account.from_a = way->from_a;
    account.ttl_steps = !way->ttl_known ? -1 : way->from_a < 0 ? (int16_t)-way->ttl_step : way->ttl_step;
    account.mss_a = way->mss[CAPAN_STITCH_A];
    account.mss_b = way->mss[CAPAN_STITCH_B];
    account.window_scale_a = way->window_scale[CAPAN_STITCH_A];
    account.window_scale_b = way->window_scale[CAPAN_STITCH_B];
    account.sequence_shift = way->shift;
    finish_delays(&account, &way->delays);
    return account;
}

static void name_ends(const struct strand *strand, struct capan_endpoint *client, struct capan_endpoint *server) {
    *client = strand->ends[strand->client];
    *server = strand->ends[!strand->client];
}

/* A capture nearer to one end than the other capture is not at the other end. */
static uint8_t vantage_of(const struct seam *seam, enum capan_stitch_side side, bool nearer_client, bool *contradicts) {
    const uint8_t own = seam->vantage[side];
    if (own != (nearer_client ? CAPAN_VANTAGE_SERVER : CAPAN_VANTAGE_CLIENT)) return own;
    *contradicts = true;
    return CAPAN_VANTAGE_MIDDLE;
}

/* Who sends most knows best what holds it back. */
static void join_summaries(const struct seam *seam, struct capan_stitch_connection *connection) {
    const struct capan_stitch_way *way = connection->way;
    const unsigned most = way[CAPAN_S2C].packets > way[CAPAN_C2S].packets ? CAPAN_S2C : CAPAN_C2S;
    const int from_a = way[CAPAN_C2S].from_a ? way[CAPAN_C2S].from_a : -way[CAPAN_S2C].from_a;
    connection->has_summaries = seam->summed[CAPAN_STITCH_A] && seam->summed[CAPAN_STITCH_B];
    connection->limit_a = connection->limit = seam->limit[CAPAN_STITCH_A];
    connection->limit_b = seam->limit[CAPAN_STITCH_B];
    connection->vantage_a = seam->vantage[CAPAN_STITCH_A];
    connection->vantage_b = seam->vantage[CAPAN_STITCH_B];
    if (!from_a || !connection->has_summaries) return;
    if (way[most].from_a < 0) connection->limit = connection->limit_b;
    connection->vantage_a = vantage_of(seam, CAPAN_STITCH_A, from_a > 0, &connection->contradicts);
    connection->vantage_b = vantage_of(seam, CAPAN_STITCH_B, from_a < 0, &connection->contradicts);
}

static void note_ends(struct capan_stitch_connection *connection) {
    const struct capan_endpoint *a[] = {&connection->client_a, &connection->server_a};
    const struct capan_endpoint *b[] = {&connection->client_b, &connection->server_b};
    for (int i = 0; i < 2; i++) {
        if (memcmp(&a[i]->address, &b[i]->address, sizeof a[i]->address) != 0)
            connection->rewrites |= UINT64_C(1) << CAPAN_STITCH_REWRITES_ADDRESS;
        if (a[i]->port != b[i]->port) connection->rewrites |= UINT64_C(1) << CAPAN_STITCH_REWRITES_PORT;
    }
}

static void sum_way(struct capan_stitch_way *sum, const struct capan_stitch_way *way) {
    sum->packets += way->packets;
    sum->passed += way->passed;
    sum->lost += way->lost;
    sum->data_lost += way->data_lost;
    sum->duplicated += way->duplicated;
    sum->missed += way->missed;
    sum->missed_a += way->missed_a;
    sum->missed_b += way->missed_b;
    sum->copied += way->copied;
    sum->late += way->late;
    sum->resent += way->resent;
    sum->ce_marks += way->ce_marks;
    for (int i = 0; i < CAPAN_STITCH_DEATH_COUNT; i++) sum->died[i] += way->died[i];
}

static void add_totals(struct capan_stitch *stitch, const struct capan_stitch_connection *connection,
                       const struct seam *seam, unsigned client) {
    struct capan_stitch_totals *totals = &stitch->totals;
    totals->connections++;
    for (unsigned i = 0; i < 2; i++) {
        if (connection->way[i].packets >= totals->way[i].packets) totals->way[i].from_a = connection->way[i].from_a;
        sum_way(&totals->way[i], &connection->way[i]);
        capan_spread_join(&stitch->delays[i], &seam->way[i ^ client].delays);
    }
}

static void add_datagrams(struct capan_stitch *stitch, const struct capan_stitch_connection *connection) {
    for (int i = 0; i < 2; i++) {
        stitch->totals.datagrams.passed += connection->way[i].passed;
        stitch->totals.datagrams.lost += connection->way[i].lost;
        stitch->totals.datagrams.duplicated += connection->way[i].duplicated;
    }
}

static void report(struct capan_stitch *stitch, const struct capan_stitch_connection *connection) {
    const bool tcp = connection->protocol == CAPAN_STITCH_TCP;
    stitch->config.row(stitch->config.context,
                       &(struct capan_stitch_row){.row = tcp ? CAPAN_STITCH_CONNECTION : CAPAN_STITCH_DATAGRAMS,
                                                  .connection = connection});
}

void capan_account_report(struct capan_stitch *stitch, struct seam *seam) {
    const struct strand *a = seam->of[CAPAN_STITCH_A], *b = seam->of[CAPAN_STITCH_B];
    struct strand swapped = *b;
    struct capan_stitch_connection connection = {.protocol = a->protocol,
                                                 .in_a = true,
                                                 .in_b = true,
                                                 .stream_a = a->stream,
                                                 .stream_b = b->stream,
                                                 .first_a = a->first_frame,
                                                 .first_b = b->first_frame,
                                                 .begin_ns = seam->begin_ns,
                                                 .rewrites = seam->rewrites};
    capan_travel_settle(stitch, seam);
    swapped.client = a->client ^ seam->flip;
    name_ends(a, &connection.client_a, &connection.server_a);
    name_ends(&swapped, &connection.client_b, &connection.server_b);
    for (unsigned i = 0; i < 2; i++) connection.way[i] = finished(&seam->way[i ^ a->client]);
    note_ends(&connection);
    join_summaries(seam, &connection);
    stitch->totals.contradictions += connection.contradicts;
    if (a->protocol == CAPAN_STITCH_TCP)
        add_totals(stitch, &connection, seam, a->client);
    else
        add_datagrams(stitch, &connection);
    report(stitch, &connection);
}

void capan_account_alone(struct capan_stitch *stitch, const struct strand *strand) {
    struct capan_stitch_connection connection = {.protocol = strand->protocol, .begin_ns = strand->first_ns};
    if (strand->protocol == CAPAN_STITCH_TCP) {
        stitch->totals.alone[strand->side] += strand->packets;
        stitch->totals.connections_alone[strand->side]++;
    }
    if (strand->side == CAPAN_STITCH_A) {
        connection.in_a = true;
        connection.stream_a = strand->stream;
        connection.first_a = strand->first_frame;
        name_ends(strand, &connection.client_a, &connection.server_a);
    } else {
        connection.in_b = true;
        connection.stream_b = strand->stream;
        connection.first_b = strand->first_frame;
        name_ends(strand, &connection.client_b, &connection.server_b);
    }
    report(stitch, &connection);
}

void capan_account_totals(struct capan_stitch *stitch) {
    struct capan_stitch_totals *totals = &stitch->totals;
    for (int i = 0; i < 2; i++) {
        finish_delays(&totals->way[i], &stitch->delays[i]);
        totals->packets[i] = stitch->side[i].packets - stitch->side[i].datagrams;
        totals->datagrams.packets[i] = stitch->side[i].datagrams;
        totals->copies[i] = stitch->side[i].copies > stitch->side[i].packets / 4;
    }
}
