/* SPDX-License-Identifier: MIT */
#include "relay.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Rows and notes are few octets to pass on and long work: blocks that stay in the cache, and enough of them to be
 * ahead. */
enum { BLOCKS = 8, BLOCK = 64 * 1024 };

/* What a segment's row may ask of its connection is known by then: all before the summary. */
enum { KNOWN = offsetof(struct capan_connection, tcp) };

enum passed_of { OF_ANALYSIS, OF_SEGMENT, OF_CONNECTION };

/* What is passed on: one of these, with the rest behind it. */
struct passed {
    uint32_t size;      /* with what follows, a multiple of what any type is aligned to */
    uint8_t of;         /* enum passed_of */
    max_align_t *apart; /* of the analysis, a note that is larger than any block; NULL: it follows */
};

struct passed_segment {
    struct capan_segment segment;
    _Alignas(struct capan_connection) uint8_t connection[KNOWN];
    /* its acks follow */
};

struct passed_connection {
    struct capan_connection connection;
    struct capan_tls_names tls;
    struct capan_statistics statistics;
};

struct block {
    size_t len;
    max_align_t octets[BLOCK / sizeof(max_align_t)];
};

struct relay {
    struct capan_sink sink;
    struct capan_analysis *analysis;
    pthread_t thread;
    struct block *filling; /* the finder's */
    uint64_t settled;      /* likewise: as many blocks as had been filled then */
    bool refused;          /* likewise: some were left out */
    /* both threads', under the lock; a block is the finder's before it is counted in filled, then the relay's */
    pthread_mutex_t lock;
    pthread_cond_t was_filled, was_emptied;
    uint64_t filled, emptied; /* filled is written by the finder alone, who may read it without the lock */
    bool ending;
    struct block blocks[BLOCKS];
};

static size_t rounded(size_t size) {
    return (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
}

/* What is behind the header. */
static void *body_of(const struct passed *passed) {
    return (uint8_t *)(uintptr_t)passed + rounded(sizeof *passed);
}

/* --- the finder --- */

static void hand_over(struct relay *relay) {
    pthread_mutex_lock(&relay->lock);
    relay->filled++;
    pthread_cond_signal(&relay->was_filled);
    while (relay->filled - relay->emptied == BLOCKS) pthread_cond_wait(&relay->was_emptied, &relay->lock);
    pthread_mutex_unlock(&relay->lock);
    relay->filling = &relay->blocks[relay->filled % BLOCKS];
    relay->filling->len = 0;
}

/* NULL where it is larger than any block. */
static struct passed *new_passed(struct relay *relay, enum passed_of of, size_t len) {
    const size_t size = rounded(sizeof(struct passed)) + rounded(len);
    if (size > BLOCK) return NULL;
    if (relay->filling->len + size > BLOCK) hand_over(relay);
    struct passed *passed = (struct passed *)((uint8_t *)relay->filling->octets + relay->filling->len);
    relay->filling->len += size;
    passed->size = (uint32_t)size;
    passed->of = (uint8_t)of;
    passed->apart = NULL;
    return passed;
}

static void *room_apart(struct relay *relay, size_t len) {
    struct passed *passed = new_passed(relay, OF_ANALYSIS, 0);
    passed->apart = malloc(len);
    if (!passed->apart) relay->filling->len -= passed->size;
    return passed->apart;
}

static void *room(void *context, size_t len) {
    struct relay *relay = context;
    const struct passed *passed = new_passed(relay, OF_ANALYSIS, len);
    void *at = passed ? body_of(passed) : room_apart(relay, len);
    if (!at) relay->refused = true;
    return at;
}

struct capan_notes relay_notes(struct relay *relay) {
    return (struct capan_notes){room, relay};
}

void relay_hears(struct relay *relay, struct capan_analysis *analysis) {
    relay->analysis = analysis;
}

/* One with more acks than there is room for is told by the finder. */
void relay_segment(struct relay *relay, const struct capan_segment *segment, const uint32_t *acks,
                   const struct capan_connection *connection) {
    const size_t acks_size = segment->acks_count * sizeof *acks;
    const struct passed *passed = new_passed(relay, OF_SEGMENT, sizeof(struct passed_segment) + acks_size);
    if (!passed) {
        relay_settle(relay);
        relay->sink.segment(relay->sink.context, segment, acks, connection);
        return;
    }
    struct passed_segment *to = body_of(passed);
    to->segment = *segment;
    memcpy(to->connection, connection, KNOWN);
    if (acks_size) memcpy(to + 1, acks, acks_size);
}

void relay_connection(struct relay *relay, const struct capan_connection *connection) {
    struct passed_connection *to = body_of(new_passed(relay, OF_CONNECTION, sizeof *to));
    to->connection = *connection;
    if (connection->tls) to->tls = *connection->tls;
    if (connection->statistics) to->statistics = *connection->statistics;
    if (connection->tls) to->connection.tls = &to->tls;
    if (connection->statistics) to->connection.statistics = &to->statistics;
}

bool relay_is_settled(const struct relay *relay) {
    return !relay->filling->len && relay->settled == relay->filled;
}

void relay_settle(struct relay *relay) {
    if (relay->filling->len) hand_over(relay);
    pthread_mutex_lock(&relay->lock);
    while (relay->filled != relay->emptied) pthread_cond_wait(&relay->was_emptied, &relay->lock);
    pthread_mutex_unlock(&relay->lock);
    relay->settled = relay->filled;
}

/* --- the relay's thread --- */

static void tell_segment(const struct relay *relay, const struct passed_segment *passed) {
    struct capan_connection connection = {.tls = NULL};
    memcpy(&connection, passed->connection, KNOWN);
    connection.tls = NULL; /* it is its connection's, which may have gone */
    relay->sink.segment(relay->sink.context, &passed->segment, (const uint32_t *)(passed + 1), &connection);
}

static void tell(const struct relay *relay, const struct passed *passed) {
    switch ((enum passed_of)passed->of) {
    case OF_ANALYSIS:
        capan_analysis_hear(relay->analysis, passed->apart ? (const void *)passed->apart : body_of(passed));
        free(passed->apart);
        break;
    case OF_SEGMENT: tell_segment(relay, body_of(passed)); break;
    case OF_CONNECTION:
        relay->sink.connection(relay->sink.context, &((const struct passed_connection *)body_of(passed))->connection);
        break;
    }
}

/* NULL: no more will come. */
static const struct block *take(struct relay *relay) {
    pthread_mutex_lock(&relay->lock);
    while (relay->filled == relay->emptied && !relay->ending) pthread_cond_wait(&relay->was_filled, &relay->lock);
    const bool over = relay->filled == relay->emptied;
    pthread_mutex_unlock(&relay->lock);
    return over ? NULL : &relay->blocks[relay->emptied % BLOCKS];
}

static void *tell_all(void *context) {
    struct relay *relay = context;
    for (const struct block *block; (block = take(relay));) {
        const uint8_t *at = (const uint8_t *)block->octets, *end = at + block->len;
        for (; at < end; at += ((const struct passed *)at)->size) tell(relay, (const struct passed *)at);
        pthread_mutex_lock(&relay->lock);
        relay->emptied++;
        pthread_cond_signal(&relay->was_emptied);
        pthread_mutex_unlock(&relay->lock);
    }
    return NULL;
}

/* --- beginning and end --- */

/* Signals that are caught are for the first thread; a reader that went away is for the one that writes. */
static bool start_thread(struct relay *relay) {
    sigset_t caught, before;
    sigemptyset(&caught);
    sigaddset(&caught, SIGINT);
    sigaddset(&caught, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &caught, &before);
    const bool started = pthread_create(&relay->thread, NULL, tell_all, relay) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

static void drop(struct relay *relay) {
    pthread_mutex_destroy(&relay->lock);
    pthread_cond_destroy(&relay->was_filled);
    pthread_cond_destroy(&relay->was_emptied);
    free(relay);
}

struct relay *relay_new(const struct capan_sink *sink) {
    struct relay *relay = calloc(1, sizeof *relay);
    if (!relay) return NULL;
    relay->sink = *sink;
    relay->filling = &relay->blocks[0];
    pthread_mutex_init(&relay->lock, NULL);
    pthread_cond_init(&relay->was_filled, NULL);
    pthread_cond_init(&relay->was_emptied, NULL);
    if (start_thread(relay)) return relay;
    drop(relay);
    return NULL;
}

bool relay_free(struct relay *relay) {
    if (!relay) return true;
    relay_settle(relay);
    pthread_mutex_lock(&relay->lock);
    relay->ending = true;
    pthread_cond_signal(&relay->was_filled);
    pthread_mutex_unlock(&relay->lock);
    pthread_join(relay->thread, NULL);
    const bool told = !relay->refused;
    drop(relay);
    return told;
}
