/* SPDX-License-Identifier: MIT */
#include "ahead.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "alloc.h"

/* One batch is in use and the others wait: enough that neither thread waits for the other where both are as fast, few
 * enough that what waits stays in the cache. */
enum { BATCHES = 8, EVENTS = 512, KEPT = 16, SPARE = BATCHES + 2 };

enum event_of { OF_TCP, OF_ICMP, OF_UDP, OF_SECRETS, OF_LOST_FRAME, OF_LOST_FRAGMENTS };

struct event {
    uint8_t of;                 /* enum event_of */
    struct capan_packet packet; /* of secrets, the octets alone; of what is lost, nothing */
};

/* Memory that the events of a batch, or of one before it, are in. */
struct block {
    uint8_t *at;
    size_t capacity;
};

struct batch {
    enum capan_result result;
    size_t count, kept_count;
    struct capan_read read;
    struct block kept[KEPT]; /* given back when the batch was handed out */
    struct event events[EVENTS];
};

struct capan_ahead {
    struct capan_reader *reader;
    struct capan_buffers buffers;
    pthread_t thread;
    int wake[2]; /* a pipe: it can be read once the thread is to end */
    /* the thread's alone */
    struct batch *filling;
    bool given_up; /* nobody takes what it finds any more */
    /* the caller's alone */
    enum capan_result ended;
    struct capan_read read;
    /* both threads', under the lock; a batch is the thread's before it is counted in filled, then the caller's */
    pthread_mutex_t lock;
    pthread_cond_t was_filled, was_emptied;
    uint64_t filled, emptied;
    bool ending;
    struct block spare[SPARE]; /* buffers to be used again */
    size_t spare_count;
    struct batch batches[BATCHES];
};

/* --- the thread: batches --- */

/* The batch goes over, and the next one is begun as soon as there is one. */
static void hand_over(struct capan_ahead *ahead, enum capan_result result) {
    struct batch *batch = ahead->filling;
    batch->result = result;
    capan_reader_tell(ahead->reader, &batch->read);
    pthread_mutex_lock(&ahead->lock);
    ahead->filled++;
    pthread_cond_signal(&ahead->was_filled);
    while (ahead->filled - ahead->emptied == BATCHES && !ahead->ending)
        pthread_cond_wait(&ahead->was_emptied, &ahead->lock);
    ahead->given_up = ahead->ending;
    pthread_mutex_unlock(&ahead->lock);
    if (ahead->given_up) return;
    ahead->filling = &ahead->batches[ahead->filled % BATCHES];
    ahead->filling->count = ahead->filling->kept_count = 0;
}

static void keep(struct capan_ahead *ahead, uint8_t *at, size_t capacity) {
    if (!ahead->given_up && ahead->filling->kept_count == KEPT) hand_over(ahead, CAPAN_OK);
    if (ahead->given_up)
        capan_delete(&capan_libc, at, capacity);
    else
        ahead->filling->kept[ahead->filling->kept_count++] = (struct block){at, capacity};
}

static struct block take_spare(struct capan_ahead *ahead) {
    struct block block = {NULL, 0};
    pthread_mutex_lock(&ahead->lock);
    if (ahead->spare_count) block = ahead->spare[--ahead->spare_count];
    pthread_mutex_unlock(&ahead->lock);
    return block;
}

/* What was found goes over before more is read, which may have to be waited for. Then the full buffer may be gone: what
 * waits in it is copied before. */
static uint8_t *change_buffer(void *context, uint8_t *full, size_t full_capacity, struct capan_span waits,
                              size_t *capacity) {
    struct capan_ahead *ahead = context;
    struct block block = take_spare(ahead);
    if (block.capacity < *capacity) {
        capan_delete(&capan_libc, block.at, block.capacity);
        block = (struct block){capan_libc.resize(NULL, NULL, 0, *capacity), *capacity};
    }
    if (block.at && waits.len) memcpy(block.at, waits.at, waits.len);
    keep(ahead, full, full_capacity);
    if (!ahead->given_up) hand_over(ahead, CAPAN_OK);
    if (ahead->given_up) {
        capan_delete(&capan_libc, block.at, block.capacity);
        return NULL;
    }
    *capacity = block.capacity;
    return block.at;
}

static void retire_buffer(void *context, uint8_t *buffer, size_t capacity) {
    if (buffer) keep(context, buffer, capacity);
}

/* --- the thread: what is found --- */

static bool lies_in_buffer(const struct capan_ahead *ahead, struct capan_span octets) {
    const struct capan_part *part = ahead->reader->current;
    const uint8_t *begin = part ? part->input.buffer : NULL;
    return begin && octets.at >= begin && octets.at + octets.len <= begin + part->input.capacity;
}

/* Octets that are not in the file's buffer, as of a datagram put together, stay for as long as the next call. */
static bool copy_octets(struct capan_ahead *ahead, struct capan_span *octets) {
    uint8_t *copy = octets->len ? capan_libc.resize(NULL, NULL, 0, octets->len) : NULL;
    if (!copy) return octets->len == 0;
    memcpy(copy, octets->at, octets->len);
    octets->at = copy;
    keep(ahead, copy, octets->len);
    return !ahead->given_up;
}

static void note(struct capan_ahead *ahead, enum event_of of, const struct capan_packet *packet) {
    if (ahead->given_up) return;
    if (ahead->filling->count == EVENTS) hand_over(ahead, CAPAN_OK);
    struct capan_packet found = *packet;
    const bool stays = of != OF_SECRETS && lies_in_buffer(ahead, found.octets);
    if (ahead->given_up || (!stays && !copy_octets(ahead, &found.octets))) return;
    struct event *event = &ahead->filling->events[ahead->filling->count++];
    event->of = (uint8_t)of;
    event->packet = found;
}

static void note_tcp(void *context, const struct capan_packet *packet) {
    note(context, OF_TCP, packet);
}

static void note_icmp(void *context, const struct capan_packet *packet) {
    note(context, OF_ICMP, packet);
}

static void note_udp(void *context, const struct capan_packet *packet) {
    note(context, OF_UDP, packet);
}

static void note_secrets(void *context, struct capan_span lines) {
    note(context, OF_SECRETS, &(struct capan_packet){.octets = lines});
}

static void note_lost(void *context, bool fragments) {
    note(context, fragments ? OF_LOST_FRAGMENTS : OF_LOST_FRAME, &(struct capan_packet){.frame = 0});
}

static void *read_ahead(void *context) {
    struct capan_ahead *ahead = context;
    const struct capan_capture_sink sink = {.tcp = note_tcp,
                                            .icmp = note_icmp,
                                            .udp = ahead->reader->datagrams ? note_udp : NULL,
                                            .secrets = note_secrets,
                                            .lost = note_lost,
                                            .context = ahead};
    enum capan_result result;
    do result = capan_reader_next(ahead->reader, &sink);
    while (result == CAPAN_OK && !ahead->given_up);
    if (!ahead->given_up) hand_over(ahead, result);
    return NULL;
}

/* --- the caller: beginning and end --- */

/* Signals are for the threads that were there before. */
static bool start_thread(struct capan_ahead *ahead) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const bool started = pthread_create(&ahead->thread, NULL, read_ahead, ahead) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

static void keep_buffers(struct capan_reader *reader, const struct capan_buffers *buffers, int stop) {
    for (size_t i = 0; i < reader->count; i++) capan_part_keep(reader->parts[i], buffers, stop);
}

static void free_blocks(struct block *blocks, size_t count) {
    for (size_t i = 0; i < count; i++) capan_delete(&capan_libc, blocks[i].at, blocks[i].capacity);
}

static void free_all(struct capan_ahead *ahead) {
    keep_buffers(ahead->reader, NULL, -1);
    for (size_t i = 0; i < BATCHES; i++) free_blocks(ahead->batches[i].kept, ahead->batches[i].kept_count);
    free_blocks(ahead->spare, ahead->spare_count);
    close(ahead->wake[0]);
    close(ahead->wake[1]);
    pthread_mutex_destroy(&ahead->lock);
    pthread_cond_destroy(&ahead->was_filled);
    pthread_cond_destroy(&ahead->was_emptied);
    capan_delete(&capan_libc, ahead, sizeof *ahead);
}

struct capan_ahead *capan_ahead_new(struct capan_reader *reader) {
    struct capan_ahead *ahead = capan_new(&capan_libc, sizeof *ahead);
    if (!ahead) return NULL;
    if (pipe(ahead->wake) != 0) {
        capan_delete(&capan_libc, ahead, sizeof *ahead);
        return NULL;
    }
    for (int i = 0; i < 2; i++) fcntl(ahead->wake[i], F_SETFD, FD_CLOEXEC);
    ahead->reader = reader;
    ahead->buffers = (struct capan_buffers){change_buffer, retire_buffer, ahead};
    ahead->filling = &ahead->batches[0];
    pthread_mutex_init(&ahead->lock, NULL);
    pthread_cond_init(&ahead->was_filled, NULL);
    pthread_cond_init(&ahead->was_emptied, NULL);
    capan_reader_tell(reader, &ahead->read);
    keep_buffers(reader, &ahead->buffers, ahead->wake[0]);
    if (start_thread(ahead)) return ahead;
    free_all(ahead);
    return NULL;
}

void capan_ahead_free(struct capan_ahead *ahead) {
    if (!ahead) return;
    pthread_mutex_lock(&ahead->lock);
    ahead->ending = true;
    pthread_cond_signal(&ahead->was_emptied);
    pthread_mutex_unlock(&ahead->lock);
    while (write(ahead->wake[1], "", 1) < 0 && errno == EINTR) {
    }
    pthread_join(ahead->thread, NULL);
    free_all(ahead);
}

/* --- the caller: taking --- */

static struct batch *take(struct capan_ahead *ahead) {
    pthread_mutex_lock(&ahead->lock);
    while (ahead->filled == ahead->emptied) pthread_cond_wait(&ahead->was_filled, &ahead->lock);
    pthread_mutex_unlock(&ahead->lock);
    return &ahead->batches[ahead->emptied % BATCHES];
}

/* Buffers of the usual size are used again. */
static void give_back(struct capan_ahead *ahead, struct batch *batch) {
    struct block rest[KEPT];
    size_t rest_count = 0;
    pthread_mutex_lock(&ahead->lock);
    for (size_t i = 0; i < batch->kept_count; i++) {
        const struct block block = batch->kept[i];
        if (block.capacity == CAPAN_INPUT_BLOCK && ahead->spare_count < SPARE)
            ahead->spare[ahead->spare_count++] = block;
        else
            rest[rest_count++] = block;
    }
    batch->kept_count = 0;
    ahead->emptied++;
    pthread_cond_signal(&ahead->was_emptied);
    pthread_mutex_unlock(&ahead->lock);
    free_blocks(rest, rest_count);
}

static void tell(const struct event *event, const struct capan_capture_sink *sink) {
    switch ((enum event_of)event->of) {
    case OF_TCP:
        if (sink->tcp) sink->tcp(sink->context, &event->packet);
        break;
    case OF_ICMP:
        if (sink->icmp) sink->icmp(sink->context, &event->packet);
        break;
    case OF_UDP:
        if (sink->udp) sink->udp(sink->context, &event->packet);
        break;
    case OF_SECRETS:
        if (sink->secrets) sink->secrets(sink->context, event->packet.octets);
        break;
    case OF_LOST_FRAME:
    case OF_LOST_FRAGMENTS:
        if (sink->lost) sink->lost(sink->context, event->of == OF_LOST_FRAGMENTS);
        break;
    }
}

enum capan_result capan_ahead_next(struct capan_ahead *ahead, const struct capan_capture_sink *sink) {
    if (ahead->ended) return ahead->ended;
    struct batch *batch = take(ahead);
    for (size_t i = 0; i < batch->count; i++) tell(&batch->events[i], sink);
    ahead->read = batch->read;
    ahead->ended = batch->result;
    give_back(ahead, batch);
    return ahead->ended;
}

const struct capan_read *capan_ahead_read(const struct capan_ahead *ahead) {
    return &ahead->read;
}
