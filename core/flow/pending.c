/* SPDX-License-Identifier: MIT */
#include "pending.h"

#include "alloc.h"
#include "bytes.h"

/* Followed by the field lines' octets. */
struct early_head {
    size_t size;
    struct capan_message message;
    struct capan_http_field fields[];
};

struct pending *pending_add(struct pending_queue *queue) {
    struct pending *pending = queue->spare;
    queue->spare = NULL;
    if (pending) *pending = (struct pending){0};
    else pending = capan_new(queue->alloc, sizeof *pending);
    if (!pending) return NULL;
    if (queue->last) queue->last->next = pending;
    else queue->first = pending;
    queue->last = pending;
    queue->count++;
    return pending;
}

void pending_remove_first(struct pending_queue *queue) {
    struct pending *first = queue->first;
    pending_drop_head(queue, first);
    queue->first = first->next;
    if (!queue->first) queue->last = NULL;
    queue->count--;
    if (queue->spare) capan_delete(queue->alloc, first, sizeof *first);
    else queue->spare = first;
}

void pending_free(struct pending_queue *queue) {
    while (queue->first) pending_remove_first(queue);
    capan_delete(queue->alloc, queue->spare, sizeof *queue->spare);
    queue->spare = NULL;
}

static struct capan_span copy(uint8_t **to, struct capan_span octets) {
    struct capan_span copied = {*to, octets.len};
    if (octets.len) memcpy(*to, octets.at, octets.len);
    *to += octets.len;
    return copied;
}

bool pending_keep_head(struct pending_queue *queue, struct pending *pending, const struct capan_message *message) {
    size_t octets = 0, fields = message->field_count * sizeof *message->fields;
    for (size_t i = 0; i < message->field_count; i++) octets += message->fields[i].name.len + message->fields[i].value.len;
    size_t size = sizeof(struct early_head) + fields + octets;
    struct early_head *head = capan_new(queue->alloc, size);
    if (!head) return false;
    uint8_t *to = (uint8_t *)head + sizeof *head + fields;
    head->size = size;
    head->message = *message;
    head->message.fields = head->fields;
    for (size_t i = 0; i < message->field_count; i++) {
        head->fields[i].name = copy(&to, message->fields[i].name);
        head->fields[i].value = copy(&to, message->fields[i].value);
    }
    pending->early_head = head;
    return true;
}

bool pending_kept_head(const struct pending *pending, struct capan_message *message) {
    if (pending->early_head) *message = pending->early_head->message;
    return pending->early_head != NULL;
}

void pending_drop_head(struct pending_queue *queue, struct pending *pending) {
    if (!pending->early_head) return;
    capan_delete(queue->alloc, pending->early_head, pending->early_head->size);
    pending->early_head = NULL;
}
