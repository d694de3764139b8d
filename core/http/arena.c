/* SPDX-License-Identifier: MIT */
#include "arena.h"

#include "alloc.h"
#include "bytes.h"

#define CHUNK ((size_t)4096)

struct capan_arena_chunk {
    struct capan_arena_chunk *next;
    size_t size;
    max_align_t octets[];
};

void capan_arena_init(struct capan_arena *arena, const struct capan_alloc *alloc, uint8_t *room, size_t room_len,
                      size_t limit) {
    *arena = (struct capan_arena){.alloc = alloc, .at = room, .left = room_len, .limit = limit};
}

void capan_arena_free(struct capan_arena *arena) {
    for (struct capan_arena_chunk *chunk = arena->chunks, *next; chunk; chunk = next) {
        next = chunk->next;
        capan_delete(arena->alloc, chunk, chunk->size);
    }
    arena->chunks = NULL;
    arena->left = 0;
}

static bool add_chunk(struct capan_arena *arena, size_t len) {
    size_t size = sizeof(struct capan_arena_chunk) + (len > CHUNK ? len : CHUNK);
    struct capan_arena_chunk *chunk = arena->alloc->resize(arena->alloc->context, NULL, 0, size);
    if (!chunk) return false;
    *chunk = (struct capan_arena_chunk){.next = arena->chunks, .size = size};
    arena->chunks = chunk;
    arena->at = (uint8_t *)chunk->octets;
    arena->left = size - sizeof *chunk;
    return true;
}

void *capan_arena_take(struct capan_arena *arena, size_t len) {
    if (len > arena->limit - arena->taken) return NULL;
    size_t rounded = (len + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    if (rounded > arena->left && !add_chunk(arena, rounded)) return NULL;
    void *taken = arena->at;
    arena->at += rounded;
    arena->left -= rounded;
    arena->taken += len;
    return taken;
}

bool capan_arena_copy(struct capan_arena *arena, struct capan_span octets, struct capan_span *copy) {
    *copy = (struct capan_span){0};
    if (octets.len == 0) return true;
    uint8_t *to = capan_arena_take(arena, octets.len);
    if (!to) return false;
    memcpy(to, octets.at, octets.len);
    *copy = (struct capan_span){to, octets.len};
    return true;
}
