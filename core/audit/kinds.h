/* SPDX-License-Identifier: MIT */
/* What a text may say that a frame is. The frame has TCP. */
#ifndef KINDS_H
#define KINDS_H

#include "facts.h"

typedef bool is_kind(const struct fact_frame *);

is_kind capan_is_resent; /* SYNs too */
is_kind capan_is_fast;
is_kind capan_is_duplicate_ack;
is_kind capan_is_keepalive;
is_kind capan_is_zero_window; /* offers one, whatever else it is */
is_kind capan_is_window_probe;
is_kind capan_is_window_update;
is_kind capan_is_reset;
is_kind capan_is_syn_ack;
is_kind capan_is_syn;
is_kind capan_is_fin;
is_kind capan_is_bare_ack;

#endif
