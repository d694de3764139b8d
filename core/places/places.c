/* SPDX-License-Identifier: MIT */
#include "capan/places.h"

#include <stdlib.h>

#include "alloc.h"
#include "bytes.h"
#include "index.h"
#include "sentence.h"
#include "sha1.h"

#define MEMORY_USUAL (UINT64_C(256) << 20)

enum { PLACES_MAX = 1 << 16, SUBJECT_MAX = 256, NAME_MAX_LEN = 64 };

#define CAPAN_X(name, token, sentence) {#name, token, CAPAN_NONE, "", sentence},
const struct capan_token capan_baselines[CAPAN_BASELINE_COUNT] = {CAPAN_BASELINES(CAPAN_X)};
#undef CAPAN_X

struct place {
    struct capan_indexed in;
    struct capan_place place;
    char subject[]; /* with its NUL */
};

struct capan_places {
    struct capan_alloc under;
    struct capan_counter memory; /* on it */
    uint64_t most;               /* octets of it */
    struct capan_index index;
    struct capan_place **sorted;
    size_t sorted_capacity;
    uint64_t left_out;
};

struct capan_places *capan_places_new(uint64_t memory, uint64_t seed, const struct capan_alloc *alloc) {
    struct capan_places *places = capan_new(alloc, sizeof *places);
    if (!places) return NULL;
    places->under = *alloc;
    places->most = memory ? memory : MEMORY_USUAL;
    capan_counter_init(&places->memory, &places->under);
    capan_index_init(&places->index, seed, &places->memory.alloc);
    return places;
}

void capan_places_free(struct capan_places *places) {
    if (!places) return;
    const struct capan_alloc under = places->under;
    const struct capan_alloc *alloc = &places->memory.alloc;
    for (struct capan_indexed *at; (at = capan_index_oldest(&places->index));) {
        struct place *place = (struct place *)at;
        capan_index_remove(&places->index, at);
        capan_delete(alloc, place, sizeof *place + place->place.subject.len + 1);
    }
    capan_index_free(&places->index);
    capan_delete(alloc, places->sorted, places->sorted_capacity * sizeof *places->sorted);
    capan_delete(&under, places, sizeof *places);
}

/* Their length is told too, so that no two of them run into one. */
static void make_fingerprint(struct capan_place *place) {
    const struct capan_span parts[] = {span_of(capan_cause_lists[place->of].field), span_of(place->token->token),
                                       place->subject};
    static const char digits[] = "0123456789abcdef";
    char text[2 * NAME_MAX_LEN + SUBJECT_MAX + 64];
    struct sentence sentence = sentence_in(text, sizeof text);
    uint8_t hash[CAPAN_SHA1];
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        sentence_number(&sentence, parts[i].len);
        sentence_text(&sentence, ":");
        sentence_octets(&sentence, parts[i].at, parts[i].len);
    }
    capan_sha1((const uint8_t *)text, sentence.len, hash);
    for (size_t i = 0; i < CAPAN_FINGERPRINT - 1; i++)
        place->fingerprint[i] = digits[i % 2 ? hash[i / 2] & 15 : hash[i / 2] >> 4];
}

static struct place *add_place(struct capan_places *places, const struct capan_cause *cause, struct capan_span subject,
                               uint64_t hash) {
    const struct capan_cause_list *list = &capan_cause_lists[cause->of];
    if (places->index.count >= PLACES_MAX || places->memory.held >= places->most) return NULL;
    struct place *place = capan_new(&places->memory.alloc, sizeof *place + subject.len + 1);
    if (!place) return NULL;
    memcpy(place->subject, subject.at, subject.len);
    place->place = (struct capan_place){.of = (uint8_t)cause->of,
                                        .number = (uint8_t)cause->number,
                                        .severity = (uint8_t)cause->token->severity,
                                        .blame = list->blames ? list->blames[cause->number] : CAPAN_BLAME_NOBODY,
                                        .token = cause->token,
                                        .subject = {(const uint8_t *)place->subject, subject.len}};
    make_fingerprint(&place->place);
    capan_index_add(&places->index, &place->in, hash);
    return place;
}

static struct place *place_of(struct capan_places *places, const struct capan_cause *cause, struct capan_span subject) {
    const uint64_t hash = capan_hash(places->index.key, subject.at, subject.len) +
                          ((uint64_t)cause->of << 32 | (uint64_t)cause->number << 40);
    struct capan_indexed *at = capan_index_first(&places->index, hash);
    for (; at; at = capan_index_next(at)) {
        const struct capan_place *place = &((struct place *)at)->place;
        if (place->of == cause->of && place->number == cause->number && span_equal(place->subject, subject)) break;
    }
    return at ? (struct place *)at : add_place(places, cause, subject, hash);
}

/* bytes are what the kind, or the outcome, cost; what is said beside it costs no more. */
static void note(struct capan_places *places, struct capan_causes causes, struct capan_span subject, uint32_t frame,
                 uint64_t bytes) {
    for (struct capan_cause cause; capan_take_cause(&causes, &cause);) {
        if (cause.token->severity < CAPAN_CHAT) continue;
        struct place *place = place_of(places, &cause, subject);
        if (!place) {
            places->left_out++;
            continue;
        }
        struct capan_place *of = &place->place;
        of->count++;
        if (cause.of == CAPAN_FINDING_TCP_KIND || cause.of == CAPAN_FINDING_OUTCOME) of->bytes += bytes;
        if (of->frame_count < CAPAN_FINDING_FRAMES) of->frames[of->frame_count++] = frame;
    }
}

void capan_places_segment(struct capan_places *places, const struct capan_segment *segment,
                          const struct capan_connection *connection) {
    char text[SUBJECT_MAX];
    struct sentence subject = sentence_in(text, sizeof text);
    if (capan_tcp_kinds[segment->kind].severity == CAPAN_NONE && !segment->flags) return;
    sentence_text(&subject, segment->direction == CAPAN_C2S ? "to port " : "from port ");
    sentence_number(&subject, connection->server.port);
    note(places, capan_segment_causes(segment), (struct capan_span){(const uint8_t *)text, subject.len}, segment->frame,
         capan_segment_is(segment, CAPAN_TRAIT_TWICE) ? segment->len : 0);
}

/* Without the query: its values are those of one request. Of an absolute target the authority stands before it. */
static struct capan_span path_of(const struct capan_exchange *exchange) {
    struct capan_span target = exchange->target;
    const uint8_t *query = target.len ? memchr(target.at, '?', target.len) : NULL;
    if (query) target.len = (size_t)(query - target.at);
    for (size_t i = 0; i + 3 <= target.len && target.at[0] != '/'; i++) {
        if (memcmp(target.at + i, "://", 3) != 0) continue;
        const struct capan_span behind = span_cut(target, i + 3, SIZE_MAX);
        const uint8_t *path = behind.len ? memchr(behind.at, '/', behind.len) : NULL;
        return path ? span_cut(behind, (size_t)(path - behind.at), SIZE_MAX) : (struct capan_span){NULL, 0};
    }
    return target;
}

void capan_places_exchange(struct capan_places *places, const struct capan_exchange *exchange) {
    char text[SUBJECT_MAX];
    struct sentence subject = sentence_in(text, sizeof text);
    capan_say_octets(&subject, exchange->method, 32);
    if (exchange->method.len) sentence_text(&subject, " ");
    if (exchange->authority.len) {
        capan_say_octets(&subject, exchange->authority, 80);
    } else {
        sentence_text(&subject, "port ");
        sentence_number(&subject, exchange->server.port);
    }
    capan_say_octets(&subject, path_of(exchange), 128);
    note(places, capan_exchange_causes(exchange), (struct capan_span){(const uint8_t *)text, subject.len},
         exchange->response.last_frame ? exchange->response.last_frame : exchange->request.last_frame,
         exchange->wasted);
}

static int louder(const void *left, const void *right) {
    const struct capan_place *a = *(struct capan_place *const *)left, *b = *(struct capan_place *const *)right;
    if (a->severity != b->severity) return a->severity > b->severity ? -1 : 1;
    if (a->count != b->count) return a->count > b->count ? -1 : 1;
    if (a->of != b->of) return (int)a->of - (int)b->of;
    if (a->number != b->number) return (int)a->number - (int)b->number;
    return strcmp((const char *)a->subject.at, (const char *)b->subject.at);
}

size_t capan_places_sorted(struct capan_places *places, struct capan_place ***sorted) {
    size_t count = 0;
    *sorted = NULL;
    if (capan_reserve(&places->memory.alloc, (void **)&places->sorted, &places->sorted_capacity, places->index.count,
                      sizeof(struct capan_place *)) != CAPAN_OK)
        return 0;
    for (struct capan_indexed *at = capan_index_oldest(&places->index); at; at = capan_index_newer(&places->index, at))
        places->sorted[count++] = &((struct place *)at)->place;
    if (count) qsort(places->sorted, count, sizeof *places->sorted, louder);
    *sorted = places->sorted;
    return count;
}

uint64_t capan_places_left_out(const struct capan_places *places) {
    return places->left_out;
}
