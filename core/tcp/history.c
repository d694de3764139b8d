/* SPDX-License-Identifier: MIT */
#include "history.h"

/* Told once each. */
enum { TOLD_SYN = 1, TOLD_FIN = 2, TOLD_RST = 4, TOLD_FIN_RST = 8, TOLD_DATA = 16, TOLD_ACK = 32, TOLD_MANY = 64 };

/* Told the first, the tenth, the hundredth time. */
enum { MET_DAMAGED, MET_AGAIN, MET_CLOSED, MET_GAP };

static void add(struct capan_history *history, unsigned side, char letter) {
    if (history->len + 1 == CAPAN_HISTORY) return;
    history->text[history->len++] = side == CAPAN_C2S ? letter : (char)(letter + ('a' - 'A'));
}

/* True when it was told before. */
static bool tell_once(struct capan_history *history, unsigned side, uint16_t bit, char letter) {
    if (history->side[side].told & bit) return true;
    history->side[side].told |= bit;
    add(history, side, letter);
    return false;
}

static void tell_by_tens(struct capan_history *history, unsigned side, unsigned what, char letter) {
    uint32_t count = ++history->side[side].met[what];
    while (count % 10 == 0) count /= 10;
    if (count == 1) add(history, side, letter);
}

/* Again where it has another number than the last one had. */
static void tell_control(struct capan_history *history, unsigned side, uint16_t bit, char letter, int64_t *last,
                         int64_t number) {
    if (tell_once(history, side, bit, letter) && number != *last) add(history, side, letter);
    *last = number;
}

static void tell_flags(struct capan_history *history, unsigned side, const struct capan_arrival *arrival) {
    const uint8_t flags = arrival->header->flags;
    const unsigned syn = !!(flags & CAPAN_TH_SYN), fin = !!(flags & CAPAN_TH_FIN), rst = !!(flags & CAPAN_TH_RST);
    if (fin && rst)
        tell_once(history, side, TOLD_FIN_RST, 'I');
    else if (syn + fin + rst > 1)
        tell_once(history, side, TOLD_MANY, 'Q');
    else if (syn)
        tell_control(history, side, TOLD_SYN, flags & CAPAN_TH_ACK ? 'H' : 'S', &history->side[side].syn,
                     arrival->start);
    else if (fin)
        tell_control(history, side, TOLD_FIN, 'F', &history->side[side].fin, arrival->end);
    else if (rst)
        tell_control(history, side, TOLD_RST, 'R', &history->side[side].rst, arrival->start);
    else if (arrival->header->payload_len)
        tell_once(history, side, TOLD_DATA, 'D');
    else if (flags & CAPAN_TH_ACK)
        tell_once(history, side, TOLD_ACK, 'A');
}

/* Of no interest once its peer sends no more, and after a reset. */
static bool closes_window(const struct capan_arrival *arrival) {
    return arrival->header->window == 0 && !(arrival->header->flags & CAPAN_TH_RST) &&
           !(arrival->peer->marks & CAPAN_HALF_FIN) && !(arrival->me->marks & CAPAN_HALF_RST);
}

void capan_history_segment(struct capan_history *history, const struct capan_arrival *arrival) {
    const unsigned side = arrival->segment->direction;
    if (arrival->segment->flags >> CAPAN_FLAG_BAD_CHECKSUM & 1) {
        tell_by_tens(history, side, MET_DAMAGED, 'C');
        return;
    }
    if (!history->len && side == CAPAN_S2C) history->text[history->len++] = '^';
    tell_flags(history, side, arrival);
    if (closes_window(arrival)) tell_by_tens(history, side, MET_CLOSED, 'W');
    if (arrival->header->payload_len && arrival->end <= arrival->old_end) tell_by_tens(history, side, MET_AGAIN, 'T');
    if (arrival->unseen) tell_by_tens(history, !side, MET_GAP, 'G');
}
