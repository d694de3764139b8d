/* SPDX-License-Identifier: MIT */
/* Records out of a pcap or pcapng file (draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng), both byte orders. */
#ifndef SAVEFILE_H
#define SAVEFILE_H

#include "capan/packet.h"
#include "input.h"
#include "slice.h"

/* One frame as it was captured. octets are valid until the next call. */
struct capan_record {
    int64_t time_ns;
    uint32_t link_type; /* LINKTYPE_... as files have it */
    uint32_t wire_len;  /* at least octets.len */
    struct capan_span octets;
    const char *interface; /* its name; NULL: the file has one, without a name */
    bool foreign;          /* Wireshark counts it as a frame, but it is no packet: a journal entry, a system call,
                            * a block of somebody's own */
    uint32_t frame;        /* its number in the capture that this is a part of; 0: they are counted here */
    struct capan_slice_notice notice; /* when its lost is not 0, this is no frame but the notice that one was lost */
    struct capan_span secrets;        /* when at is not NULL, this is no frame but TLS secrets, as lines of a key log */
};

struct capan_interface {
    uint32_t link_type, snaplen;
    uint64_t units;                  /* of time stamps, in a second */
    int64_t offset_s;                /* added to every time stamp (if_tsoffset) */
    uint64_t dropped;                /* by its latest statistics */
    char name[CAPAN_INTERFACE_NAME]; /* by if_name, or if_description, else its number */
    bool named;
};

/* Owned by the caller: open, then close; closing one of zeros does nothing. The input stays the caller's. */
struct capan_savefile {
    struct capan_input *input;
    bool big_endian, pcapng;
    bool swapped_lengths;   /* before pcap 2.3, the length on the wire stood before the captured one */
    uint32_t record_header; /* octets before a packet (pcap) */
    uint64_t records;
    uint64_t dropped; /* packets that the capturing system lost, as far as the file tells */
    int64_t time_ns;  /* of the last record; a simple packet block, which has no time, gets it */
    struct capan_interface *interfaces;
    size_t interface_count, interface_capacity;
    struct capan_slice slice; /* of the current section */
    char message[CAPAN_MESSAGE];
};

/* It counts as no frame. */
static inline bool record_is_aside(const struct capan_record *record) {
    return record->secrets.at || record->notice.lost;
}

/* CAPAN_DAMAGED, CAPAN_UNSUPPORTED, CAPAN_TRUNCATED, CAPAN_IO, CAPAN_NO_MEMORY; message says why. */
enum capan_result capan_savefile_open(struct capan_savefile *file, struct capan_input *input);
void capan_savefile_close(struct capan_savefile *file);

/* CAPAN_OK; CAPAN_END; else message says what stopped the reading and where. */
enum capan_result capan_savefile_next(struct capan_savefile *file, struct capan_record *record);

#endif
