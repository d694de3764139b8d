/* SPDX-License-Identifier: MIT */
#include "pending.h"

#include "alloc.h"
#include "bytes.h"

enum { KEPT_MAX = 1 << 17 };

/* Followed by the octets of its spans. */
struct capan_kept_head {
    size_t size;
    struct capan_message message;
    struct capan_http_field fields[];
};

struct capan_pending *capan_queue_add(struct capan_queue *queue) {
    struct capan_pending *pending = queue->spare;
    queue->spare = NULL;
    if (pending)
        *pending = (struct capan_pending){0};
    else
        pending = capan_new(queue->alloc, sizeof *pending);
    if (!pending) return NULL;
    if (queue->last)
        queue->last->pair.next = &pending->pair;
    else
        queue->first = pending;
    queue->last = pending;
    queue->count++;
    return pending;
}

void capan_queue_remove_first(struct capan_queue *queue) {
    struct capan_pending *first = queue->first;
    capan_queue_drop_head(queue, first);
    queue->first = capan_pending_next(first);
    if (!queue->first) queue->last = NULL;
    queue->count--;
    if (queue->spare)
        capan_delete(queue->alloc, first, sizeof *first);
    else
        queue->spare = first;
}

void capan_queue_free(struct capan_queue *queue) {
    while (queue->first) capan_queue_remove_first(queue);
    capan_delete(queue->alloc, queue->spare, sizeof *queue->spare);
    queue->spare = NULL;
}

static struct capan_span copy(uint8_t **to, struct capan_span octets) {
    struct capan_span copied = {*to, octets.len};
    if (octets.len) memcpy(*to, octets.at, octets.len);
    *to += octets.len;
    return copied;
}

static size_t size_of(const struct capan_message *message) {
    size_t size = sizeof(struct capan_kept_head) + message->method.len + message->target.len + message->phrase.len;
    for (size_t i = 0; i < message->field_count; i++) {
        size += sizeof *message->fields + message->fields[i].name.len + message->fields[i].value.len;
    }
    return size;
}

bool capan_queue_keep_head(struct capan_queue *queue, struct capan_pending *pending,
                           const struct capan_message *message) {
    size_t size = size_of(message);
    struct capan_kept_head *head = size <= KEPT_MAX ? capan_new(queue->alloc, size) : NULL;
    if (!head) return false;
    uint8_t *to = (uint8_t *)&head->fields[message->field_count];
    head->size = size;
    head->message = *message;
    head->message.fields = head->fields;
    head->message.method = copy(&to, message->method);
    head->message.target = copy(&to, message->target);
    head->message.phrase = copy(&to, message->phrase);
    for (size_t i = 0; i < message->field_count; i++) {
        head->fields[i].name = copy(&to, message->fields[i].name);
        head->fields[i].value = copy(&to, message->fields[i].value);
    }
    pending->early = head;
    return true;
}

const struct capan_message *capan_pending_kept_head(const struct capan_pending *pending) {
    return pending->early ? &pending->early->message : NULL;
}

void capan_queue_drop_head(struct capan_queue *queue, struct capan_pending *pending) {
    if (pending->early) capan_delete(queue->alloc, pending->early, pending->early->size);
    pending->early = NULL;
}
