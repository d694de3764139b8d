/* SPDX-License-Identifier: MIT */
#include "scoreboard.h"

#include "alloc.h"
#include "bytes.h"

enum {
    FIRST_CAPACITY = 1,  /* a SYN, a request */
    SECOND_CAPACITY = 4, /* data */
    SHRINK_ABOVE = 16
};

void capan_scoreboard_free(struct capan_scoreboard *board, const struct capan_alloc *alloc) {
    capan_delete(alloc, board->at, board->capacity * sizeof *board->at);
    board->at = NULL;
    board->capacity = board->count = 0;
}

static bool resize(struct capan_scoreboard *board, const struct capan_alloc *alloc, uint32_t capacity) {
    struct capan_piece *at = alloc->resize(alloc->context, NULL, 0, capacity * sizeof *at);
    if (!at) return false;
    for (uint32_t i = 0; i < board->count; i++) at[i] = *capan_piece_at(board, i);
    capan_delete(alloc, board->at, board->capacity * sizeof *board->at);
    board->at = at;
    board->head = 0;
    board->capacity = (uint16_t)capacity;
    return true;
}

static bool has_room(struct capan_scoreboard *board, const struct capan_alloc *alloc) {
    if (board->count < board->capacity) return true;
    if (board->capacity >= CAPAN_PIECES_MAX) return false;
    if (board->capacity < SECOND_CAPACITY)
        return resize(board, alloc, board->capacity ? SECOND_CAPACITY : FIRST_CAPACITY);
    return resize(board, alloc, 2u * board->capacity);
}

static uint64_t piece_len(const struct capan_scoreboard *board, uint32_t index) {
    return (uint64_t)(capan_piece_end(board, index) - capan_piece_at(board, index)->start);
}

struct capan_piece *capan_scoreboard_append(struct capan_scoreboard *board, const struct capan_alloc *alloc,
                                            int64_t end, const struct capan_piece *piece) {
    if (!has_room(board, alloc)) {
        if (board->count && capan_piece_at(board, board->count - 1)->marks & CAPAN_PIECE_HOLE) {
            board->holes += (uint32_t)(end - board->end);
        }
        board->end = end;
        return NULL;
    }
    struct capan_piece *added = capan_piece_at(board, board->count++);
    *added = *piece;
    added->start = board->end;
    if (piece->marks & CAPAN_PIECE_HOLE) board->holes += (uint32_t)(end - board->end);
    board->end = end;
    return added;
}

void capan_scoreboard_prepend(struct capan_scoreboard *board, const struct capan_alloc *alloc, int64_t start,
                              const struct capan_piece *piece) {
    if (!has_room(board, alloc)) return;
    board->head = (board->head - 1) & (board->capacity - 1);
    board->count++;
    *capan_piece_at(board, 0) = *piece;
    capan_piece_at(board, 0)->start = start;
}

uint32_t capan_scoreboard_find(const struct capan_scoreboard *board, int64_t seq) {
    if (seq >= board->end) return board->count;
    uint32_t low = 0, high = board->count; /* the piece lies in [low, high) */
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (capan_piece_at(board, middle)->start <= seq)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Opens a space at index by moving the shorter side. */
static void open_space(struct capan_scoreboard *board, uint32_t index) {
    if (index < board->count / 2) {
        board->head = (board->head - 1) & (board->capacity - 1);
        board->count++;
        for (uint32_t i = 0; i < index; i++) *capan_piece_at(board, i) = *capan_piece_at(board, i + 1);
        return;
    }
    board->count++;
    for (uint32_t i = board->count - 1; i > index; i--) *capan_piece_at(board, i) = *capan_piece_at(board, i - 1);
}

uint32_t capan_scoreboard_cut(struct capan_scoreboard *board, const struct capan_alloc *alloc, int64_t seq) {
    uint32_t index = capan_scoreboard_find(board, seq);
    if (index == board->count || capan_piece_at(board, index)->start >= seq) return index;
    if (!has_room(board, alloc)) return index;
    struct capan_piece whole = *capan_piece_at(board, index);
    open_space(board, index + 1);
    *capan_piece_at(board, index) = *capan_piece_at(board, index + 1) = whole;
    capan_piece_at(board, index)->marks &= (uint8_t)~CAPAN_PIECE_LAST;
    capan_piece_at(board, index + 1)->start = seq;
    capan_piece_at(board, index + 1)->digest = 0;
    return index + 1;
}

/* It counts as sent again. */
static bool is_again(const struct capan_piece *piece) {
    return piece->sends > 1 && !(piece->marks & CAPAN_PIECE_SACKED);
}

/* A last piece that grew for want of room may hold more than was counted. */
static void take_again(struct capan_scoreboard *board, uint64_t len) {
    board->again -= (uint32_t)(len < board->again ? len : board->again);
}

uint64_t capan_scoreboard_sack(struct capan_scoreboard *board, const struct capan_alloc *alloc, int64_t left,
                               int64_t right, uint32_t *budget, struct capan_piece **newest) {
    uint64_t fresh = 0;
    *newest = NULL;
    uint32_t index = capan_scoreboard_cut(board, alloc, left);
    if (right < board->end) capan_scoreboard_cut(board, alloc, right);
    for (; index < board->count && *budget; index++, --*budget) {
        struct capan_piece *piece = capan_piece_at(board, index);
        if (piece->start >= right) break;
        if (piece->marks & CAPAN_PIECE_SACKED) continue;
        if (is_again(piece)) take_again(board, piece_len(board, index));
        piece->marks |= CAPAN_PIECE_SACKED;
        fresh += piece_len(board, index);
        *newest = piece;
    }
    board->sacked += (uint32_t)fresh;
    board->sacked_high = max_i64(board->sacked_high, min_i64(right, board->end));
    return fresh;
}

void capan_scoreboard_forget_sacks(struct capan_scoreboard *board) {
    if (!board->sacked) return;
    for (uint32_t i = 0; i < board->count; i++) {
        struct capan_piece *piece = capan_piece_at(board, i);
        if (!(piece->marks & CAPAN_PIECE_SACKED)) continue;
        piece->marks &= (uint8_t)~CAPAN_PIECE_SACKED;
        if (is_again(piece)) board->again += (uint32_t)piece_len(board, i);
    }
    board->sacked = 0;
    board->sacked_high = 0;
}

void capan_scoreboard_again(struct capan_scoreboard *board, uint32_t index) {
    struct capan_piece *piece = capan_piece_at(board, index);
    if (piece->sends == UINT8_MAX) return;
    const bool before = is_again(piece);
    piece->sends++;
    if (!before && is_again(piece)) board->again += (uint32_t)piece_len(board, index);
}

static void uncount(struct capan_scoreboard *board, const struct capan_piece *piece, uint64_t len) {
    if (piece->marks & CAPAN_PIECE_SACKED) board->sacked -= (uint32_t)len;
    if (is_again(piece)) take_again(board, len);
    if (piece->marks & CAPAN_PIECE_HOLE) board->holes -= (uint32_t)len;
}

void capan_scoreboard_pop(struct capan_scoreboard *board, const struct capan_alloc *alloc) {
    uncount(board, capan_piece_at(board, 0), piece_len(board, 0));
    board->head = (board->head + 1) & (board->capacity - 1);
    board->count--;
    if (board->capacity > SHRINK_ABOVE && board->count < board->capacity / 8) resize(board, alloc, board->capacity / 4);
}

void capan_scoreboard_pop_last(struct capan_scoreboard *board) {
    const struct capan_piece *last = capan_piece_at(board, board->count - 1);
    uncount(board, last, piece_len(board, board->count - 1));
    board->end = last->start;
    board->count--;
}

void capan_scoreboard_trim(struct capan_scoreboard *board, int64_t seq) {
    struct capan_piece *first = capan_piece_at(board, 0);
    uncount(board, first, (uint64_t)(seq - first->start));
    first->start = seq;
    first->digest = 0;
}

void capan_scoreboard_fill(struct capan_scoreboard *board, uint32_t index) {
    struct capan_piece *piece = capan_piece_at(board, index);
    if (!(piece->marks & CAPAN_PIECE_HOLE)) return;
    piece->marks &= (uint8_t)~CAPAN_PIECE_HOLE;
    board->holes -= (uint32_t)piece_len(board, index);
}
