/* SPDX-License-Identifier: MIT */
/* Both endpoints' states along the figures and steps of RFC 9293. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "state.h"

/* Facts by their letters: S syn, A ack, F fin that completes the stream, f fin behind a hole, c completes it without
 * FIN, R rst, s acks the SYN, x acks the FIN, d data, r again, N reused. */
static struct capan_tcp_facts facts_of(const char *letters) {
    const struct capan_tcp_facts facts = {.syn = strchr(letters, 'S'),
                                          .ack = strchr(letters, 'A'),
                                          .fin = strpbrk(letters, "Ff"),
                                          .rst = strchr(letters, 'R'),
                                          .acks_syn = strchr(letters, 's'),
                                          .acks_fin = strchr(letters, 'x'),
                                          .data = strchr(letters, 'd'),
                                          .again = strchr(letters, 'r'),
                                          .fin_complete = strpbrk(letters, "Fc"),
                                          .reused = strchr(letters, 'N')};
    return facts;
}

static bool reached[256]; /* rows that some conversation used */

static const char *name(uint8_t state) {
    return capan_tcp_states[state].token;
}

/* One line a segment: "C letters client/server" or "S ...". */
static void play(const char *const *lines) {
    struct capan_tcp_states states = {{0}, {0}, {0}};
    for (; *lines; lines++) {
        char side, letters[16], expected[40], found[40];
        assert_int_equal(sscanf(*lines, "%c %15s %39s", &side, letters, expected), 3);
        const struct capan_tcp_facts facts = facts_of(letters);
        const uint8_t before[2] = {states.state[0], states.state[1]};
        capan_tcp_states_segment(&states, side == 'C' ? CAPAN_C2S : CAPAN_S2C, &facts);
        snprintf(found, sizeof found, "%s/%s", name(states.state[0]), name(states.state[1]));
        assert_string_equal(found, expected);
        for (int i = 0; i < 2 && !facts.reused; i++) {
            assert_int_equal(states.move[i] != 0, states.state[i] != before[i]);
            if (states.move[i]) assert_int_equal(capan_tcp_move(states.move[i])->to, states.state[i]);
            reached[states.move[i]] = true;
        }
    }
}

#define PLAY(...) play((const char *const[]){__VA_ARGS__, NULL})
#define HANDSHAKE "C S SYN-SENT/SYN-RECEIVED", "S SAs ESTABLISHED/SYN-RECEIVED", "C As ESTABLISHED/ESTABLISHED"

static void three_way_handshake(void **state) {
    (void)state;
    PLAY(HANDSHAKE, "C Asd ESTABLISHED/ESTABLISHED", "S Asd ESTABLISHED/ESTABLISHED"); /* 3.5 figure 5 */
}

static void repeated_and_missing_handshake(void **state) {
    (void)state;
    PLAY("C S SYN-SENT/SYN-RECEIVED", "C Sr SYN-SENT/SYN-RECEIVED", "S SAs ESTABLISHED/SYN-RECEIVED",
         "S SAsr ESTABLISHED/SYN-RECEIVED", "C Asd ESTABLISHED/ESTABLISHED", "S SAsr ESTABLISHED/ESTABLISHED");
    PLAY("S SAs ESTABLISHED/SYN-RECEIVED", "C As ESTABLISHED/ESTABLISHED");
    PLAY("C S SYN-SENT/SYN-RECEIVED", "C As ESTABLISHED/ESTABLISHED");
    PLAY("C S SYN-SENT/SYN-RECEIVED", "S SA SYN-SENT/SYN-RECEIVED", "C R SYN-SENT/LISTEN"); /* 3.5 figure 8 */
}

static void simultaneous_open(void **state) {
    (void)state;
    PLAY("C S SYN-SENT/SYN-RECEIVED", "S S SYN-RECEIVED/SYN-RECEIVED", "C SAs SYN-RECEIVED/ESTABLISHED",
         "S SAs ESTABLISHED/ESTABLISHED"); /* 3.5 figure 7 */
    PLAY("C S SYN-SENT/SYN-RECEIVED", "S S SYN-RECEIVED/SYN-RECEIVED", "S R CLOSED/CLOSED");
}

static void refused_open(void **state) {
    (void)state;
    PLAY("C S SYN-SENT/SYN-RECEIVED", "S RA CLOSED/CLOSED", "C S SYN-SENT/CLOSED", "S RA CLOSED/CLOSED",
         "C S SYN-SENT/CLOSED", "S SAs ESTABLISHED/SYN-RECEIVED");
    PLAY("C S SYN-SENT/SYN-RECEIVED", "S SAs ESTABLISHED/SYN-RECEIVED", "C R CLOSED/LISTEN",
         "C SN SYN-SENT/SYN-RECEIVED");
}

static void rare_opens(void **state) {
    (void)state;
    PLAY("C S SYN-SENT/SYN-RECEIVED", "C R SYN-SENT/LISTEN", "C S SYN-SENT/SYN-RECEIVED");
    PLAY("C S SYN-SENT/SYN-RECEIVED", "C R SYN-SENT/LISTEN", "S SAs ESTABLISHED/SYN-RECEIVED");
    PLAY("C S SYN-SENT/SYN-RECEIVED", "C R SYN-SENT/LISTEN", "S S SYN-RECEIVED/SYN-SENT");
    PLAY("C S SYN-SENT/SYN-RECEIVED", "C SAs SYN-RECEIVED/ESTABLISHED"); /* the capture missed the server's SYN */
    PLAY("C SF SYN-SENT/CLOSE-WAIT");
}

static void fast_open(void **state) {
    (void)state;
    PLAY("C Sd SYN-SENT/SYN-RECEIVED", "S SAs ESTABLISHED/SYN-RECEIVED", "S Asd ESTABLISHED/SYN-RECEIVED",
         "S AFs CLOSE-WAIT/FIN-WAIT-1", "C Asx CLOSE-WAIT/FIN-WAIT-2", "C AsxF LAST-ACK/TIME-WAIT",
         "S Asx CLOSED/TIME-WAIT");
}

static void normal_close(void **state) {
    (void)state;
    PLAY(HANDSHAKE, "C AsF FIN-WAIT-1/CLOSE-WAIT", "S Asx FIN-WAIT-2/CLOSE-WAIT", "S AsxF TIME-WAIT/LAST-ACK",
         "C Asx TIME-WAIT/CLOSED", "S AsxFr TIME-WAIT/CLOSED"); /* 3.6 figure 12 */
    PLAY(HANDSHAKE, "S AsF CLOSE-WAIT/FIN-WAIT-1", "C AsxF LAST-ACK/TIME-WAIT", "S Asx CLOSED/TIME-WAIT");
}

static void half_close(void **state) {
    (void)state;
    PLAY(HANDSHAKE, "C AsF FIN-WAIT-1/CLOSE-WAIT", "S Asxd FIN-WAIT-2/CLOSE-WAIT", "C As FIN-WAIT-2/CLOSE-WAIT",
         "S Asxd FIN-WAIT-2/CLOSE-WAIT", "S AsxF TIME-WAIT/LAST-ACK", "C Asx TIME-WAIT/CLOSED");
}

static void simultaneous_close(void **state) {
    (void)state;
    PLAY(HANDSHAKE, "C AsF FIN-WAIT-1/CLOSE-WAIT", "S AsF CLOSING/CLOSING", "C Asx CLOSING/TIME-WAIT",
         "S Asx TIME-WAIT/TIME-WAIT"); /* 3.6 figure 13 */
}

static void fin_behind_a_hole(void **state) {
    (void)state;
    PLAY(HANDSHAKE, "S Asf ESTABLISHED/FIN-WAIT-1", "C As ESTABLISHED/FIN-WAIT-1", "S Asdc CLOSE-WAIT/FIN-WAIT-1",
         "C Asx CLOSE-WAIT/FIN-WAIT-2");
    PLAY(HANDSHAKE, "S Asf ESTABLISHED/FIN-WAIT-1",
         "C Asx CLOSE-WAIT/FIN-WAIT-2"); /* the capture missed what filled it */
}

static void resets_in_every_state(void **state) {
    (void)state;
    PLAY(HANDSHAKE, "C R CLOSED/CLOSED", "S R CLOSED/CLOSED");
    PLAY(HANDSHAKE, "C AsF FIN-WAIT-1/CLOSE-WAIT", "S R CLOSED/CLOSED");
    PLAY(HANDSHAKE, "C AsF FIN-WAIT-1/CLOSE-WAIT", "C R CLOSED/CLOSED");
    PLAY(HANDSHAKE, "C AsF FIN-WAIT-1/CLOSE-WAIT", "S Asx FIN-WAIT-2/CLOSE-WAIT", "C R CLOSED/CLOSED");
    PLAY(HANDSHAKE, "C AsF FIN-WAIT-1/CLOSE-WAIT", "S Asx FIN-WAIT-2/CLOSE-WAIT", "S R CLOSED/CLOSED");
    PLAY(HANDSHAKE, "C AsF FIN-WAIT-1/CLOSE-WAIT", "S AsxF TIME-WAIT/LAST-ACK", "C R CLOSED/CLOSED");
    PLAY(HANDSHAKE, "C AsF FIN-WAIT-1/CLOSE-WAIT", "S AsxF TIME-WAIT/LAST-ACK", "S R CLOSED/CLOSED");
    PLAY(HANDSHAKE, "C AsF FIN-WAIT-1/CLOSE-WAIT", "S AsF CLOSING/CLOSING", "S R CLOSED/CLOSED");
    PLAY("C R CLOSED/CLOSED");
}

static void joined_midway(void **state) {
    (void)state;
    PLAY("C A unknown/unknown", "C Ad unknown/unknown", "S Adr unknown/unknown", "S Ad ESTABLISHED/ESTABLISHED",
         "C AF FIN-WAIT-1/CLOSE-WAIT");
    PLAY("S Ad unknown/unknown", "C AF FIN-WAIT-1/CLOSE-WAIT", "S Ax FIN-WAIT-2/CLOSE-WAIT");
    PLAY("S Ad unknown/unknown", "S AF unknown/unknown", "C AxF LAST-ACK/TIME-WAIT", "S Ax CLOSED/TIME-WAIT");
    PLAY("S AF unknown/unknown", "C Ad CLOSE-WAIT/FIN-WAIT-1");
}

static void reused_ports(void **state) {
    (void)state;
    PLAY(HANDSHAKE, "C R CLOSED/CLOSED", "C SN SYN-SENT/SYN-RECEIVED", "S SAs ESTABLISHED/SYN-RECEIVED");
    PLAY(HANDSHAKE, "S AsF CLOSE-WAIT/FIN-WAIT-1", "C SN SYN-SENT/SYN-RECEIVED");
}

static void rows_are_in_order_and_cite(void **state) {
    (void)state;
    uint8_t last = 0;
    const struct capan_tcp_move *move;
    for (uint8_t number = 1; (move = capan_tcp_move(number)); number++) {
        assert_true(move->from >= last && move->from != move->to);
        assert_memory_equal(move->source, "RFC 9293 3.", 11);
        last = move->from;
    }
    assert_int_equal(last, CAPAN_TCP_TIME_WAIT);
    assert_null(capan_tcp_move(0));
}

/* Whatever else a segment is: states need not be asked then (connection.c). */
static void open_sides_stay_but_for_syn_fin_and_rst(void **state) {
    (void)state;
    for (unsigned is = 0; is < 1 << 7; is++) {
        for (unsigned sender = 0; sender < 2; sender++) {
            struct capan_tcp_states states = {{CAPAN_TCP_ESTABLISHED, CAPAN_TCP_ESTABLISHED}, {1, 1}, {0}};
            const struct capan_tcp_states before = states;
            const struct capan_tcp_facts facts = {.ack = is & 1,
                                                  .forged = is & 2,
                                                  .refused = is & 4,
                                                  .acks_syn = is & 8,
                                                  .acks_fin = is & 16,
                                                  .data = is & 32,
                                                  .again = is & 64};
            assert_true(capan_tcp_states_are_open(&states));
            capan_tcp_states_segment(&states, (enum capan_direction)sender, &facts);
            assert_memory_equal(states.state, before.state, sizeof states.state);
            assert_int_equal(states.move[0] | states.move[1], 0);
            assert_memory_equal(states.history, before.history, sizeof states.history);
        }
    }
}

/* Last: the conversations above use each row. */
static void every_row_was_used(void **state) {
    (void)state;
    const struct capan_tcp_move *move;
    unsigned unused = 0;
    for (uint8_t number = 1; (move = capan_tcp_move(number)); number++) {
        if (reached[number]) continue;
        print_message("%s to %s: %s\n", name(move->from), name(move->to), move->sentence);
        unused++;
    }
    assert_int_equal(unused, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_way_handshake),
        cmocka_unit_test(repeated_and_missing_handshake),
        cmocka_unit_test(simultaneous_open),
        cmocka_unit_test(refused_open),
        cmocka_unit_test(rare_opens),
        cmocka_unit_test(fast_open),
        cmocka_unit_test(normal_close),
        cmocka_unit_test(half_close),
        cmocka_unit_test(simultaneous_close),
        cmocka_unit_test(fin_behind_a_hole),
        cmocka_unit_test(resets_in_every_state),
        cmocka_unit_test(joined_midway),
        cmocka_unit_test(reused_ports),
        cmocka_unit_test(rows_are_in_order_and_cite),
        cmocka_unit_test(open_sides_stay_but_for_syn_fin_and_rst),
        cmocka_unit_test(every_row_was_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
