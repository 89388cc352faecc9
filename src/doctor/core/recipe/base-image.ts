/** What an image starts when nothing else is said. */
export interface ImageStart {
  readonly entry: readonly string[]
  readonly command: readonly string[]
}

/** Registries and folders under which the official images stand, and caches of them. */
const official =
  /^(?:(?:docker\.io|index\.docker\.io|registry\.hub\.docker\.com|mirror\.gcr\.io|public\.ecr\.aws\/docker|[\w.-]+\.dkr\.ecr\.[\w.-]+\/[\w-]*docker-?hub[\w-]*)\/)?(?:library\/)?/

const none: readonly string[] = []
const php = ["docker-php-entrypoint"] as const

/** The start of images that are known, by their name; the first pattern counts. */
const starts: readonly (readonly [RegExp, ImageStart])[] = [
  [/^php:\S*fpm/, { entry: php, command: ["php-fpm"] }],
  [/^php:\S*apache/, { entry: php, command: ["apache2-foreground"] }],
  [/^php(?::|@|$)/, { entry: php, command: ["php", "-a"] }],
  [/^node(?::|@|$)/, { entry: ["docker-entrypoint.sh"], command: ["node"] }],
  [/^composer(?:\/composer)?(?::|@|$)/, { entry: ["/docker-entrypoint.sh"], command: ["composer"] }],
  [/^nginx(?::|@|$)/, { entry: ["/docker-entrypoint.sh"], command: ["nginx", "-g", "daemon off;"] }],
  [/^httpd(?::|@|$)/, { entry: none, command: ["httpd-foreground"] }],
  [
    /^dunglas\/frankenphp(?::|@|$)/,
    { entry: php, command: ["--config", "/etc/frankenphp/Caddyfile", "--adapter", "caddyfile"] },
  ],
  [/^webdevops\/php/, { entry: ["/entrypoint"], command: ["supervisord"] }],
  [
    /^(?:ghcr\.io\/)?serversideup\/php:\S*fpm-(?:nginx|apache)/,
    { entry: ["docker-php-serversideup-entrypoint"], command: ["/init"] },
  ],
  [/^richarvey\/nginx-php-fpm(?::|@|$)/, { entry: none, command: ["/start.sh"] }],
  [
    /^trafex\/php-nginx(?::|@|$)/,
    { entry: none, command: ["/usr/bin/supervisord", "-c", "/etc/supervisor/conf.d/supervisord.conf"] },
  ],
  [/^(?:alpine|busybox)(?::|@|$)/, { entry: none, command: ["/bin/sh"] }],
  [
    /^(?:debian|ubuntu|amazonlinux|almalinux|rockylinux|rockylinux\/rockylinux|fedora|centos|buildpack-deps)(?::|@|$)/,
    { entry: none, command: ["/bin/bash"] },
  ],
  [/^scratch$/, { entry: none, command: none }],
]

/** Makers of public images for PHP, which bring nothing of envseal. */
const makers =
  /^(?:serversideup|webdevops|bitnami|bitnamilegacy|phpswoole|openswoole|thecodingmachine|shinsenter|laravelsail|laravelphp|kirschbaumdevelopment|existenz|richarvey|trafex|dunglas|bref|mlocati|spiralscout|erseco|wyveo|yiisoftware|edbizarro|cyberduck|lorisleiva|ambientum|jkaninda|eilandert|roadrunner|ghcr\.io\/roadrunner-server|ghcr\.io\/serversideup|mcr\.microsoft\.com|quay\.io\/centos|registry\.access\.redhat\.com)\//

/** @param image as FROM names it. @returns `null` for an image that is not known. */
export function imageStart(image: string): ImageStart | null {
  const name = image.replace(official, "")
  return starts.find(([pattern]) => pattern.test(name))?.[1] ?? null
}

/** Whether an image is one that everybody can have, so that envseal is not in it. */
export function isPublicImage(image: string): boolean {
  return imageStart(image) !== null || makers.test(image.replace(official, ""))
}

/** Whether an image is the official one of PHP, which has no more extensions than PHP itself. */
export function isPhpImage(image: string): boolean {
  return /^php(?::|@|$)/.test(image.replace(official, ""))
}

/** Whether an image starts as root, and has a user `www-data`. */
export function hasWebUser(image: string): boolean {
  return /^(?:php|debian|ubuntu)(?::|@|$)/.test(image.replace(official, ""))
}
