// SPDX-License-Identifier: Apache-2.0
import type { Detector } from "./detector.ts";
import { capabilityDangerous, capabilityOther } from "./detectors/capability.ts";
import { dependencyAdded, dependencyFromUrl, dependencyPhantom, dependencyRange, dependencyYoung } from "./detectors/dependency.ts";
import { authorChanged, licenceChanged, publisherChanged, repositoryChanged } from "./detectors/identity.ts";
import { buildFileAdded, installScriptAdded, installScriptChanged } from "./detectors/install.ts";
import { intentMissing } from "./detectors/intent.ts";
import { executableAdded, executableMade, fileCapability, programAdded, setuid } from "./detectors/mode.ts";
import { archiveAdded, nativeAdded, nativeChanged, nativeFirst, nativeImports, overlayAdded } from "./detectors/native.ts";
import { addressAdded, domainAdded, hostAdded } from "./detectors/network.ts";
import {
  base64Blob,
  codeEntropy,
  denseFile,
  escapedText,
  hexNames,
  invisibleText,
  longLine,
  longLineNew,
} from "./detectors/obfuscation.ts";
import { custodyDowngraded, originDowngraded } from "./detectors/origin.ts";
import { privilegeUndeclared } from "./detectors/privilege.ts";
import { codeFileAdded, enginesChanged, fileAdded, kindChanged, linkAdded, versionSkipped } from "./detectors/shape.ts";
import { codeFileGrown, sizeDouble, sizeQuarter, sizeTenth } from "./detectors/size.ts";
import { powerGained, systemFileAdded, systemFileChanged } from "./detectors/system.ts";
import { burst, dormantHalfYear, dormantTwoYears, dormantYear } from "./detectors/timing.ts";

/** Everything that is looked for in a release and its predecessor. */
export const detectors: readonly Detector[] = [
  installScriptAdded,
  installScriptChanged,
  buildFileAdded,
  nativeFirst,
  nativeAdded,
  nativeChanged,
  nativeImports,
  overlayAdded,
  archiveAdded,
  dependencyAdded,
  dependencyPhantom,
  dependencyYoung,
  dependencyFromUrl,
  dependencyRange,
  capabilityDangerous,
  capabilityOther,
  hostAdded,
  domainAdded,
  addressAdded,
  longLine,
  longLineNew,
  hexNames,
  escapedText,
  base64Blob,
  invisibleText,
  codeEntropy,
  denseFile,
  setuid,
  fileCapability,
  executableAdded,
  executableMade,
  systemFileAdded,
  systemFileChanged,
  powerGained,
  sizeTenth,
  sizeQuarter,
  sizeDouble,
  codeFileGrown,
  fileAdded,
  codeFileAdded,
  linkAdded,
  kindChanged,
  programAdded,
  enginesChanged,
  versionSkipped,
  publisherChanged,
  authorChanged,
  repositoryChanged,
  licenceChanged,
  originDowngraded,
  custodyDowngraded,
  intentMissing,
  dormantHalfYear,
  dormantYear,
  dormantTwoYears,
  burst,
  privilegeUndeclared,
];
