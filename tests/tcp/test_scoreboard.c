/* SPDX-License-Identifier: MIT */
/* The scoreboard, and by random steps against a list of octets. RFC 2018, RFC 6675 3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "scoreboard.h"

enum { OCTETS = 4096, STEPS = 20000, HELD = 1, SACKED = 2, MISSING = 4 };

static void append(struct capan_scoreboard *board, int64_t end, uint8_t marks) {
    capan_scoreboard_append(board, &capan_libc, end, &(struct capan_piece){.sends = 1, .marks = marks});
}

static void pieces_follow_each_other(void **state) {
    (void)state;
    struct capan_scoreboard board = {0};
    append(&board, 100, CAPAN_PIECE_LAST);
    append(&board, 150, CAPAN_PIECE_LAST);
    assert_int_equal(board.count, 2);
    assert_int_equal(capan_scoreboard_find(&board, 0), 0);
    assert_int_equal(capan_scoreboard_find(&board, 99), 0);
    assert_int_equal(capan_scoreboard_find(&board, 100), 1);
    assert_int_equal(capan_scoreboard_find(&board, 150), 2);
    assert_int_equal(capan_piece_end(&board, 0), 100);
    assert_int_equal(capan_piece_end(&board, 1), 150);
    capan_scoreboard_free(&board, &capan_libc);
}

static void a_cut_leaves_the_end_to_the_second_part(void **state) {
    (void)state;
    struct capan_scoreboard board = {0};
    append(&board, 100, CAPAN_PIECE_LAST);
    assert_int_equal(capan_scoreboard_cut(&board, &capan_libc, 40), 1);
    assert_false(capan_piece_at(&board, 0)->marks & CAPAN_PIECE_LAST);
    assert_true(capan_piece_at(&board, 1)->marks & CAPAN_PIECE_LAST);
    assert_int_equal(capan_scoreboard_cut(&board, &capan_libc, 40), 1);
    assert_int_equal(board.count, 2);
    capan_scoreboard_free(&board, &capan_libc);
}

static void sacks_count_once(void **state) {
    (void)state;
    struct capan_scoreboard board = {0};
    struct capan_piece *newest;
    uint32_t budget = 100;
    for (int64_t end = 100; end <= 500; end += 100) append(&board, end, CAPAN_PIECE_LAST);
    assert_int_equal(capan_scoreboard_sack(&board, &capan_libc, 150, 300, &budget, &newest), 150);
    assert_int_equal(newest->start, 200);
    assert_int_equal(capan_scoreboard_sack(&board, &capan_libc, 100, 400, &budget, &newest), 150);
    assert_int_equal(capan_scoreboard_sack(&board, &capan_libc, 100, 400, &budget, &newest), 0);
    assert_null(newest);
    assert_int_equal(board.sacked, 300);
    assert_int_equal(board.sacked_high, 400);
    capan_scoreboard_forget_sacks(&board);
    assert_int_equal(board.sacked, 0);
    capan_scoreboard_free(&board, &capan_libc);
}

static void looking_stops_with_the_budget(void **state) {
    (void)state;
    struct capan_scoreboard board = {0};
    struct capan_piece *newest;
    uint32_t budget = 3;
    for (int64_t end = 10; end <= 1000; end += 10) append(&board, end, CAPAN_PIECE_LAST);
    assert_int_equal(capan_scoreboard_sack(&board, &capan_libc, 0, 1000, &budget, &newest), 30);
    assert_int_equal(budget, 0);
    capan_scoreboard_free(&board, &capan_libc);
}

static void more_pieces_than_the_limit_are_joined(void **state) {
    (void)state;
    struct capan_scoreboard board = {0};
    for (int64_t end = 1; end <= CAPAN_PIECES_MAX + 100; end++) append(&board, end, CAPAN_PIECE_LAST);
    assert_int_equal(board.count, CAPAN_PIECES_MAX);
    assert_int_equal(board.end, CAPAN_PIECES_MAX + 100);
    assert_int_equal(capan_scoreboard_cut(&board, &capan_libc, CAPAN_PIECES_MAX + 50), CAPAN_PIECES_MAX - 1);
    while (board.count) capan_scoreboard_pop(&board, &capan_libc);
    assert_true(board.capacity < CAPAN_PIECES_MAX / 8);
    capan_scoreboard_free(&board, &capan_libc);
}

/* What the octets of the sequence space are, one by one. */
struct model {
    struct capan_scoreboard board;
    uint8_t octet[OCTETS];
    int64_t start;
};

static void check(const struct model *model) {
    const struct capan_scoreboard *board = &model->board;
    uint64_t sacked = 0, missing = 0;
    for (uint32_t i = 0; i < board->count; i++) {
        const struct capan_piece *piece = capan_piece_at(board, i);
        assert_true(piece->start < capan_piece_end(board, i));
        for (int64_t at = piece->start; at < capan_piece_end(board, i); at++) {
            assert_int_equal(!!(piece->marks & CAPAN_PIECE_SACKED), !!(model->octet[at] & SACKED));
            assert_int_equal(!!(piece->marks & CAPAN_PIECE_HOLE), !!(model->octet[at] & MISSING));
        }
    }
    for (int64_t at = model->start; at < board->end; at++) {
        sacked += !!(model->octet[at] & SACKED);
        missing += !!(model->octet[at] & MISSING);
    }
    assert_int_equal(capan_scoreboard_start(board), model->start);
    assert_int_equal(board->sacked, sacked);
    assert_int_equal(board->holes, missing);
}

static void mark(struct model *model, int64_t from, int64_t to, uint8_t bit) {
    for (int64_t at = from; at < to; at++) model->octet[at] |= bit;
}

static void step(struct model *model) {
    struct capan_scoreboard *board = &model->board;
    struct capan_piece *newest;
    uint32_t budget = OCTETS;
    const int64_t room = board->end - model->start;
    const int64_t from = model->start + (room ? rand() % room : 0), to = from + 1 + rand() % 60;
    switch (rand() % 6) {
    case 0:
    case 1: {
        const int64_t end = board->end + 1 + rand() % 50;
        const bool hole = rand() % 4 == 0;
        if (end >= OCTETS) return;
        mark(model, board->end, end, hole ? MISSING : HELD);
        append(board, end, hole ? CAPAN_PIECE_HOLE | CAPAN_PIECE_LAST : CAPAN_PIECE_LAST);
        return;
    }
    case 2:
        if (room == 0) return;
        capan_scoreboard_sack(board, &capan_libc, from, to, &budget, &newest);
        mark(model, from, to < board->end ? to : board->end, SACKED);
        return;
    case 3:
        if (room == 0) return;
        capan_scoreboard_cut(board, &capan_libc, from);
        return;
    case 4:
        if (room == 0) return;
        while (board->count && capan_piece_end(board, 0) <= from) capan_scoreboard_pop(board, &capan_libc);
        if (capan_scoreboard_start(board) < from) capan_scoreboard_trim(board, from);
        model->start = from;
        return;
    default: {
        if (room == 0) return;
        const uint32_t index = capan_scoreboard_find(board, from);
        for (int64_t at = capan_piece_at(board, index)->start; at < capan_piece_end(board, index); at++)
            model->octet[at] &= (uint8_t)~MISSING;
        capan_scoreboard_fill(board, index);
        return;
    }
    }
}

static void any_steps_agree_with_the_octets(void **state) {
    (void)state;
    const unsigned seed = (unsigned)time(NULL);
    printf("seed %u\n", seed);
    srand(seed);
    struct model *model = calloc(1, sizeof *model);
    assert_non_null(model);
    for (unsigned i = 0; i < STEPS; i++) {
        step(model);
        check(model);
        if (model->board.end < OCTETS - 100) continue;
        capan_scoreboard_free(&model->board, &capan_libc);
        memset(model, 0, sizeof *model);
    }
    capan_scoreboard_free(&model->board, &capan_libc);
    free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_follow_each_other),
        cmocka_unit_test(a_cut_leaves_the_end_to_the_second_part),
        cmocka_unit_test(sacks_count_once),
        cmocka_unit_test(looking_stops_with_the_budget),
        cmocka_unit_test(more_pieces_than_the_limit_are_joined),
        cmocka_unit_test(any_steps_agree_with_the_octets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
