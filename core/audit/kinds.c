/* SPDX-License-Identifier: MIT */
#include "kinds.h"

bool capan_is_resent(const struct fact_frame *frame) {
    const uint8_t kind = frame->segment.kind;
    return capan_segment_is(&frame->segment, CAPAN_TRAIT_AGAIN) || kind == CAPAN_KIND_SYN_RETRANSMIT ||
           kind == CAPAN_KIND_SYN_ACK_RETRANSMIT;
}
bool capan_is_fast(const struct fact_frame *frame) {
    return frame->segment.kind == CAPAN_KIND_RETRANSMIT_FAST || frame->segment.kind == CAPAN_KIND_RETRANSMIT_SACK;
}
bool capan_is_duplicate_ack(const struct fact_frame *frame) {
    return capan_segment_is(&frame->segment, CAPAN_TRAIT_DUPLICATE_ACK);
}
bool capan_is_keepalive(const struct fact_frame *frame) {
    return frame->segment.kind == CAPAN_KIND_KEEPALIVE;
}
bool capan_is_zero_window(const struct fact_frame *frame) {
    return frame->segment.window == 0 && !(frame->segment.header_flags & CAPAN_TH_RST);
}
bool capan_is_window_probe(const struct fact_frame *frame) {
    return frame->segment.kind == CAPAN_KIND_WINDOW_PROBE;
}
bool capan_is_window_update(const struct fact_frame *frame) {
    return frame->segment.kind == CAPAN_KIND_ACK_WINDOW_UPDATE;
}
bool capan_is_reset(const struct fact_frame *frame) {
    return frame->segment.header_flags & CAPAN_TH_RST;
}
bool capan_is_syn_ack(const struct fact_frame *frame) {
    return (frame->segment.header_flags & (CAPAN_TH_SYN | CAPAN_TH_ACK)) == (CAPAN_TH_SYN | CAPAN_TH_ACK);
}
bool capan_is_syn(const struct fact_frame *frame) {
    return (frame->segment.header_flags & (CAPAN_TH_SYN | CAPAN_TH_ACK)) == CAPAN_TH_SYN;
}
bool capan_is_fin(const struct fact_frame *frame) {
    return frame->segment.header_flags & CAPAN_TH_FIN;
}
bool capan_is_bare_ack(const struct fact_frame *frame) {
    return frame->segment.header_flags == CAPAN_TH_ACK && !frame->segment.len;
}
