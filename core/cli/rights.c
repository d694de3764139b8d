/* SPDX-License-Identifier: MIT */
#include "rights.h"

#include <errno.h>
#include <glib.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/capability.h>
#include <sys/syscall.h>
#endif

struct user {
    uid_t user;
    gid_t group;
};

static bool read_id(const char *variable, guint64 *id) {
    const char *text = getenv(variable);
    return text && g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT32, id, NULL);
}

/* Without a password file, nobody is who it is everywhere. */
static struct user who_instead(void) {
    enum { NOBODY = 65534 };
    guint64 user, group;
    if (read_id("SUDO_UID", &user) && read_id("SUDO_GID", &group)) return (struct user){(uid_t)user, (gid_t)group};
    const struct passwd *nobody = getpwnam("nobody");
    return nobody ? (struct user){nobody->pw_uid, nobody->pw_gid} : (struct user){NOBODY, NOBODY};
}

static bool drop_root(void) {
    const struct user instead = who_instead();
    if (setgroups(1, &instead.group) != 0 || setgid(instead.group) != 0 || setuid(instead.user) != 0) return false;
    if (setuid(0) == -1) return true;
    errno = EPERM; /* it can be taken back */
    return false;
}

/* Such as CAP_NET_RAW, which a file has where capturing is not for root alone (setcap(8)). */
static bool drop_capabilities(void) {
#ifdef __linux__
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
    return syscall(SYS_capset, &head, none) == 0;
#else
    return true;
#endif
}

bool rights_drop(void) {
    if (geteuid() == 0 && !drop_root()) return false;
    return drop_capabilities();
}
