/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What listens to the tap "capan", or to one of its own. */
#ifndef TAPS_H
#define TAPS_H

#include "compat.h"

#include <stdio.h>

#include "verdicts.h"

void capan_taps_register(void);
void capan_hosts_register(void);
void capan_summary_register(void);
/* Whether a listener was registered; error, which Wireshark gave instead, is told and freed. */
bool capan_tap_listens(GString *error);
/* All frames have been seen: totals and findings as one JSON object. */
void capan_summary_json(FILE *out);

/* File > Export Objects > capan. */
void capan_export_register(int protocol);
/* The frame's verdicts, which may be none, for those who export. */
void capan_export_queue(packet_info *pinfo, const struct capan_verdicts *verdicts);

#endif
