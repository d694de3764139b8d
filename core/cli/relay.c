/* SPDX-License-Identifier: MIT */
#include "relay.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Rows are few octets to pass on and long work: blocks that stay in the cache, and enough of them to be ahead. */
enum { BLOCKS = 8, BLOCK = 64 * 1024 };

/* What a segment's row may ask of its connection is known by then: all before the summary. */
enum { KNOWN = offsetof(struct capan_connection, tcp) };

struct note {
    uint32_t size;                   /* of the note with what follows it, a multiple of what any type is aligned to */
    uint32_t acks;                   /* frames that follow a segment */
    struct capan_exchange *exchange; /* a copy; NULL: it is a segment */
    struct capan_segment segment;
    _Alignas(struct capan_connection) uint8_t connection[KNOWN];
};

struct block {
    size_t len;
    max_align_t octets[BLOCK / sizeof(max_align_t)];
};

struct relay {
    struct capan_sink sink;
    pthread_t thread;
    struct block *filling; /* the finder's */
    bool refused;          /* likewise: some were left out */
    /* both threads', under the lock; a block is the finder's before it is counted in filled, then the relay's */
    pthread_mutex_t lock;
    pthread_cond_t was_filled, was_emptied;
    uint64_t filled, emptied;
    bool ending;
    struct block blocks[BLOCKS];
};

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

/* Room for a note; NULL where it is larger than any block. */
static struct note *new_note(struct relay *relay, size_t size) {
    const size_t rounded = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    if (rounded > BLOCK) return NULL;
    if (relay->filling->len + rounded > BLOCK) hand_over(relay);
    struct note *note = (struct note *)((uint8_t *)relay->filling->octets + relay->filling->len);
    relay->filling->len += rounded;
    note->size = (uint32_t)rounded;
    return note;
}

static void tell_at_once(struct relay *relay, const struct capan_segment *segment, const uint32_t *acks,
                         const struct capan_connection *connection) {
    relay_settle(relay);
    relay->sink.segment(relay->sink.context, segment, acks, connection);
}

static void note_segment(void *context, const struct capan_segment *segment, const uint32_t *acks,
                         const struct capan_connection *connection) {
    struct relay *relay = context;
    const size_t acks_size = segment->acks_count * sizeof *acks;
    struct note *note = new_note(relay, sizeof *note + acks_size);
    if (!note) {
        tell_at_once(relay, segment, acks, connection);
        return;
    }
    note->exchange = NULL;
    note->segment = *segment;
    note->acks = segment->acks_count;
    memcpy(note->connection, connection, KNOWN);
    if (acks_size) memcpy(note + 1, acks, acks_size);
}

static void note_exchange(void *context, const struct capan_exchange *exchange) {
    struct relay *relay = context;
    struct capan_exchange *copy = capan_exchange_copy(&capan_libc, exchange);
    struct note *note = copy ? new_note(relay, offsetof(struct note, segment)) : NULL;
    if (note)
        note->exchange = copy;
    else
        relay->refused = true;
}

struct capan_sink relay_sink(struct relay *relay) {
    return (struct capan_sink){.segment = relay->sink.segment ? note_segment : NULL,
                               .exchange = relay->sink.exchange ? note_exchange : NULL,
                               .context = relay};
}

void relay_settle(struct relay *relay) {
    if (relay->filling->len) hand_over(relay);
    pthread_mutex_lock(&relay->lock);
    while (relay->filled != relay->emptied) pthread_cond_wait(&relay->was_emptied, &relay->lock);
    pthread_mutex_unlock(&relay->lock);
}

/* --- the relay's thread --- */

static void tell(const struct relay *relay, const struct note *note) {
    struct capan_connection connection = {.tls = NULL};
    if (note->exchange) {
        relay->sink.exchange(relay->sink.context, note->exchange);
        capan_exchange_free(&capan_libc, note->exchange);
        return;
    }
    memcpy(&connection, note->connection, KNOWN);
    connection.tls = NULL; /* it is its connection's, which may have gone */
    relay->sink.segment(relay->sink.context, &note->segment, (const uint32_t *)(note + 1), &connection);
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
        for (; at < end; at += ((const struct note *)at)->size) tell(relay, (const struct note *)at);
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
