/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The border at which frame numbers of the file become those that Wireshark shows. They differ with a read filter
 * (tshark -2 -R) alone: frames that it drops are dissected on the first pass, and their number is then given to the
 * next frame. The core is told the file's numbers; nothing that it says leaves the plugin without capan_frames_show().
 */
#ifndef FRAMES_H
#define FRAMES_H

#include "compat.h"

#include <epan/packet.h>

#include "capan/analysis.h"
#include "capan/rows.h"

void capan_frames_open(void);
void capan_frames_close(void);

/* No frame follows. */
void capan_frames_end(void);
/* True for the frame that was the last when the same file was read before: Wireshark does not say where reading again
 * ends. */
bool capan_frames_is_last_again(const packet_info *pinfo);

/* Called for every frame of the first pass. The file's number of this frame. */
uint32_t capan_frames_read(const packet_info *pinfo);
/* The file's number of a shown frame. */
uint32_t capan_frames_in_file(uint32_t shown);

/* Whether any shown number is not the file's. */
bool capan_frames_differ(void);
/* Makes the numbers of the file in what the core said those that are shown. A frame that the read filter dropped
 * becomes 0, as one that there is none of. row is the core's struct for that kind of row: a capan_segment, a
 * capan_exchange or a capan_connection. */
void capan_frames_show(enum capan_rows rows, void *row);
/* Likewise a list of numbers, without those that were dropped. Returns how many are left. */
uint32_t capan_frames_show_list(uint32_t *at, uint32_t count);

/* Nanoseconds since 1970: when this frame was captured, and when the capture's first one was. */
int64_t capan_frames_time(const packet_info *pinfo);
int64_t capan_frames_origin(void);

#endif
