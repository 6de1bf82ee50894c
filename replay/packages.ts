// SPDX-License-Identifier: Apache-2.0

/** Whose releases are looked at: libraries, tools, servers, packages with native code, with install scripts, and updaters. */
export const packages: readonly string[] = `
  abort-controller acorn ajv argon2 async axios bcrypt bcryptjs better-sqlite3 bluebird body-parser bufferutil builder-util-runtime canvas chalk
  chokidar classic-level cli-progress colorette commander compression concurrently cookie core-js cors cpu-features cross-env cross-spawn csv-parse date-fns
  dayjs debug deepmerge dotenv ejs electron-log electron-store electron-updater enhanced-resolve esbuild escodegen espree esprima eventemitter3 execa express
  fast-glob fastify fastq ffi-napi find-up form-data fs-extra fsevents glob got graphql handlebars helmet highlight.js hono husky iconv-lite immer
  ioredis jest-diff js-yaml jsonwebtoken keytar knex koa kysely leveldown listr2 lmdb lodash lru-cache magic-string marked micromatch mime minimatch
  minimist mkdirp mobx mocha moment mongodb morgan ms msgpackr msgpackr-extract multer mysql2 nan nanoid node-addon-api node-fetch node-gyp node-gyp-build
  node-hid node-pty nodemailer nodemon npm-run-all2 ora p-limit p-queue passport pg picomatch pino pm2 postcss prebuild-install prom-client protobufjs proxy-agent
  qs ramda redis reflect-metadata request-ip resolve rimraf robotjs rxjs semver send serialport sharp shelljs simple-git socket.io sqlite3 ssh2
  strip-ansi superagent tar terser through2 tinyglobby tough-cookie tslib tsx undici update-notifier usb utf-8-validate uuid validator winston ws yaml
  yargs zod @grpc/grpc-js @noble/curves @serialport/bindings-cpp @simplewebauthn/server @sigstore/verify @tufjs/models
`
  .split(/\s+/)
  .filter((name) => name !== "");
