/* SPDX-License-Identifier: MIT */
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static volatile sig_atomic_t caught, reading = -1;
static int nothing = -1; /* /dev/null: a file that has ended */

static void end_reading(void) {
    if (reading >= 0) dup2(nothing, reading);
}

/* The calls that it interrupts begin again: a write goes on, and a read that waited finds the file ended. There is no
 * moment between looking whether a signal came and waiting in which one would be missed. */
static void on_signal(int number) {
    int reason = errno;
    caught = number;
    end_reading();
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    errno = reason;
}

static void catch_signal(int number) {
    struct sigaction before, now = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&now.sa_mask);
    sigaddset(&now.sa_mask, SIGINT);
    sigaddset(&now.sa_mask, SIGTERM);
    if (sigaction(number, NULL, &before) == 0 && before.sa_handler == SIG_IGN) return;
    sigaction(number, &now, NULL);
}

void signals_catch(void) {
    nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    catch_signal(SIGINT);
    catch_signal(SIGTERM);
}

int signals_caught(void) {
    return caught;
}

void signals_reading(int file) {
    reading = file;
    if (caught) end_reading();
}
