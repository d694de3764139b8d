/* SPDX-License-Identifier: MIT */
#include "replay.h"

#include <stdlib.h>

#include "alloc.h"
#include "bytes.h"

void capan_replay_free(struct capan_replay *replay) {
    capan_delete(replay->alloc, replay->events, replay->capacity * sizeof *replay->events);
}

/* --- what is stored --------------------------------------------------------------------------------------------- */

/* The variant is the request's (RFC 9111 4.1). */
static bool selects(const struct capan_replay *replay, const struct capan_record *record,
                    const struct capan_whatif_stored *stored) {
    if (stored->fields.vary_any) return false;
    return !stored->fields.names.len ||
           capan_record_variant(record, replay->key, stored->fields.names) == stored->variant;
}

static int64_t date_of(const struct capan_whatif_stored *stored) {
    return stored->fields.date.valid ? stored->fields.date.seconds : stored->received_ns / 1000000000;
}

/* Of several the newest by Date, one with Vary before one without (RFC 9111 4.1). */
static bool is_better(const struct capan_whatif_stored *stored, const struct capan_whatif_stored *than) {
    const bool varies = stored->fields.names.len, other_varies = than->fields.names.len;
    return varies != other_varies ? varies : date_of(stored) >= date_of(than);
}

static struct capan_whatif_stored *find(struct capan_replay *replay, const struct capan_record *record) {
    struct capan_whatif_stored *best = NULL;
    for (size_t i = 0; i < replay->stored_count; i++) {
        struct capan_whatif_stored *stored = &replay->stored[i];
        if (selects(replay, record, stored) && (!best || is_better(stored, best))) best = stored;
    }
    return best;
}

static void take_out(struct capan_replay *replay, size_t at) {
    replay->stored_count--;
    memmove(&replay->stored[at], &replay->stored[at + 1], (replay->stored_count - at) * sizeof *replay->stored);
}

static bool same_variant(const struct capan_whatif_stored *a, const struct capan_whatif_stored *b) {
    return a->variant == b->variant && span_equal(a->fields.names, b->fields.names);
}

/* In place of the one of the same variant. */
static void put(struct capan_replay *replay, const struct capan_whatif_stored *stored) {
    for (size_t i = 0; i < replay->stored_count; i++) {
        if (!same_variant(&replay->stored[i], stored)) continue;
        take_out(replay, i);
        break;
    }
    if (replay->stored_count == CAPAN_WHATIF_VARIANTS) take_out(replay, 0);
    replay->stored[replay->stored_count++] = *stored;
}

/* --- a request comes -------------------------------------------------------------------------------------------- */

static void note_stored(struct capan_whatif_row *row, const struct capan_whatif_stored *stored, int64_t now_ns) {
    row->stored_in = stored ? stored->frame : 0;
    row->age_ns = stored ? capan_whatif_age(stored, now_ns) : -1;
    row->lifetime_s = stored ? stored->lifetime_s : -1;
    row->lifetime_by = stored ? stored->lifetime_by : CAPAN_WHATIF_LIFETIME_NONE;
}

static void spare_all(struct capan_record *record) {
    record->row.spared_octets = record->octets;
    record->row.spared_round_trips_x100 = record->round_trips_x100;
}

static void ask(struct capan_replay *replay, struct capan_record *record) {
    struct capan_whatif_row *row = &record->row;
    const struct capan_whatif_stored *stored = find(replay, record);
    row->why = (uint8_t)capan_whatif_decide(record, stored, replay->stored_count > 0);
    row->served = (uint8_t)capan_whatif_served_by(row->why);
    row->confirmed = CAPAN_WHATIF_CONFIRMED_UNASKED;
    row->store = row->served == CAPAN_WHATIF_CACHE ? CAPAN_WHATIF_STORE_NOT_RECEIVED : CAPAN_WHATIF_STORE_NO_ANSWER;
    row->outdated = false;
    row->spared_octets = 0;
    row->spared_round_trips_x100 = 0;
    note_stored(row, row->served == CAPAN_WHATIF_BYPASS ? NULL : stored, record->asked_ns);
    if (row->stored_in && row->served == CAPAN_WHATIF_SERVER) row->confirmed = CAPAN_WHATIF_CONFIRMED_NO_ANSWER;
    if (row->served != CAPAN_WHATIF_CACHE) return;
    row->outdated = capan_whatif_differs(record, stored);
    spare_all(record);
}

/* --- its answer arrives ----------------------------------------------------------------------------------------- */

/* RFC 9111 4.4: by what is not an error. */
static bool invalidates(const struct capan_record *record) {
    return record->facts & CAPAN_WHATIF_IS_UNSAFE && record->row.status >= 200 && record->row.status < 400;
}

static bool is_head_200(const struct capan_record *record) {
    return record->facts & CAPAN_WHATIF_IS_HEAD && record->row.status == 200;
}

/* About what the request had been decided by; another answer may have come between and replaced it. */
static bool confirm(struct capan_replay *replay, struct capan_record *record, const struct capan_whatif_trial *trial) {
    struct capan_whatif_row *row = &record->row;
    struct capan_whatif_stored *stored = row->stored_in ? find(replay, record) : NULL;
    if (!stored) return false;
    row->confirmed = (uint8_t)capan_whatif_confirm(record, stored);
    if (!capan_whatif_confirms(row->confirmed)) {
        if (is_head_200(record)) stored->invalid = true;
        return false;
    }
    capan_whatif_renew(stored, record, replay->key, trial, replay->shared);
    row->served = CAPAN_WHATIF_VALIDATED;
    row->store = CAPAN_WHATIF_STORE_UPDATED;
    row->spared_octets = row->status == 200 ? record->body_octets : 0;
    return true;
}

static void answer(struct capan_replay *replay, struct capan_record *record, const struct capan_whatif_trial *trial) {
    struct capan_whatif_row *row = &record->row;
    if (row->served == CAPAN_WHATIF_CACHE) return;
    if (invalidates(record)) replay->stored_count = 0;
    if (confirm(replay, record, trial)) return;
    row->store = (uint8_t)capan_whatif_may_store(record, trial, replay->shared);
    if (row->store != CAPAN_WHATIF_STORE_STORED) return;
    const struct capan_whatif_stored stored = capan_whatif_store_of(record, replay->key, trial, replay->shared);
    put(replay, &stored);
}

/* --- in order --------------------------------------------------------------------------------------------------- */

/* An answer in the frame of a request is there before it; else as the members were given. */
static int by_frame(const void *a, const void *b) {
    const struct capan_replay_event *x = a, *y = b;
    if (x->frame != y->frame) return x->frame < y->frame ? -1 : 1;
    if ((x->at & 1) != (y->at & 1)) return x->at & 1 ? 1 : -1;
    return x->at < y->at ? -1 : x->at > y->at;
}

static size_t list_events(struct capan_replay *replay, struct capan_record *const *members, size_t count) {
    size_t events = 0;
    for (size_t i = 0; i < count; i++) {
        const struct capan_whatif_row *row = &members[i]->row;
        replay->events[events++] = (struct capan_replay_event){row->request_frame, (uint32_t)(2 * i + 1)};
        if (row->response_frame && members[i]->facts & CAPAN_WHATIF_HAS_ANSWER)
            replay->events[events++] =
                (struct capan_replay_event){max_u32(row->response_frame, row->request_frame + 1), (uint32_t)(2 * i)};
    }
    qsort(replay->events, events, sizeof *replay->events, by_frame);
    return events;
}

enum capan_result capan_replay_run(struct capan_replay *replay, struct capan_record *const *members, size_t count,
                                   const struct capan_whatif_trial *trial) {
    if (capan_reserve(replay->alloc, (void **)&replay->events, &replay->capacity, 2 * count, sizeof *replay->events) !=
        CAPAN_OK)
        return CAPAN_NO_MEMORY;
    const size_t events = list_events(replay, members, count);
    replay->stored_count = 0;
    for (size_t i = 0; i < events; i++) {
        struct capan_record *record = members[replay->events[i].at / 2];
        if (replay->events[i].at & 1)
            ask(replay, record);
        else
            answer(replay, record, trial);
    }
    return CAPAN_OK;
}
