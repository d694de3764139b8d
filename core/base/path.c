/* SPDX-License-Identifier: MIT */
#include "bytes.h"
#include "capan/packet.h"

uint32_t capan_path_through(uint32_t path, uint32_t fact) {
    uint64_t mixed = ((uint64_t)path << 32 | fact) * UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t)(mixed >> 32 ^ mixed >> 13) | 1;
}

static uint32_t mix_address(const struct capan_address *address) {
    uint32_t mixed = address->version;
    for (int i = 0; i < 16; i += 4)
        mixed = (mixed ^ read_be32(address->octets + i)) * UINT32_C(0x85ebca6b) ^ mixed >> 15;
    return mixed;
}

uint32_t capan_path_inside(uint32_t path, const struct capan_address *src, const struct capan_address *dst,
                           uint8_t version) {
    if (!src->version || (src->version == 4 && version == 6)) return path;
    return capan_path_through(path, mix_address(src) + mix_address(dst));
}
