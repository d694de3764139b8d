/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The numbers that frames have in the file, which the core is told, and the times. Wireshark shows other numbers only
 * with a read filter (tshark -2 -R): frames that it drops are dissected on the first pass, and their number is then
 * given to the next frame. */
#ifndef FRAMES_H
#define FRAMES_H

#include "compat.h"

/* A file is opened. */
void capan_frames_open(void);
/* No frame follows. */
void capan_frames_end(void);
/* True for the frame that was the last when the same file was read before: Wireshark does not say where reading again
 * ends. */
bool capan_frames_is_last_again(const packet_info *pinfo);

/* Called for every frame of the first pass. The file's number of this frame. */
uint32_t capan_frames_read(const packet_info *pinfo);

/* Nanoseconds since 1970: when this frame was captured, and when the capture's first one was. */
int64_t capan_frames_time(const packet_info *pinfo);
int64_t capan_frames_origin(void);

#endif
