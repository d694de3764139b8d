/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frame numbers of the file, and the numbers Wireshark shows. They differ with a read filter (tshark -2 -R) alone:
 * frames that it drops are dissected on the first pass and their number is then given to the next frame. The core is
 * told the file's. */
#ifndef FRAMES_H
#define FRAMES_H

#include "compat.h"

#include <epan/packet.h>

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
/* The shown number of a frame of the file; 0 when the read filter dropped it. */
uint32_t capan_frames_shown(uint32_t in_file);

/* Nanoseconds since 1970: when this frame was captured, and when the capture's first one was. */
int64_t capan_frames_time(const packet_info *pinfo);
int64_t capan_frames_origin(void);

#endif
