/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statistics over the tap "capan". */
#ifndef TAPS_H
#define TAPS_H

void capan_taps_register(void);
void capan_hosts_register(void);
void capan_summary_register(void);

#endif
