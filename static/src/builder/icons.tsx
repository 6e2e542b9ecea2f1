/** Icons by their Tabler names, as node types name them. A name that is not here gets the icon of the node's group. */
import {
  IconAlarm, IconAntenna, IconArrowRampRight, IconArrowsShuffle, IconArrowsSplit, IconArrowsSplit2, IconBan, IconBell, IconBellRinging, IconBolt, IconBoxMultiple,
  IconBrandTelegram, IconBuildingBank, IconCalendar, IconCalendarEvent, IconCalendarTime, IconCash, IconCheck,
  IconChecklist, IconCircleCheck, IconCircleX, IconClock, IconClockHour4, IconClockPause, IconCoin, IconDeviceMobile,
  IconDeviceMobileMessage, IconDiamond, IconDiscount, IconDoorExit, IconFileText, IconFilter, IconFlag, IconFlask,
  IconGavel, IconGift, IconGitBranch, IconGitFork, IconHandStop, IconHeadset, IconHourglass, IconLock, IconLogout,
  IconMail, IconMailbox, IconMessage, IconMessage2, IconMessageCircle, IconMessages, IconPercentage, IconPhone,
  IconPhoneCall, IconPlayerPlay, IconPlayerStop, IconPlug, IconQuestionMark, IconRefresh, IconReload, IconRobot,
  IconRoute, IconSchema, IconSearch, IconSend, IconShieldOff, IconSitemap, IconSquareRounded, IconStar, IconSubtask,
  IconSwitch3, IconTag, IconTags, IconTarget, IconTargetArrow, IconTimeline, IconTrophy, IconUser, IconUserCheck, IconUsers,
  IconWebhook, IconWorld, type TablerIcon,
} from "@tabler/icons-react";

import type { NodeGroup } from "./model";

export { groupColor } from "./groups";

const ICONS: Readonly<Record<string, TablerIcon>> = {
  alarm: IconAlarm, antenna: IconAntenna, "arrow-ramp-right": IconArrowRampRight, "arrows-shuffle": IconArrowsShuffle, "arrows-split": IconArrowsSplit,
  "arrows-split-2": IconArrowsSplit2, ban: IconBan, bell: IconBell, "bell-ringing": IconBellRinging, bolt: IconBolt, "box-multiple": IconBoxMultiple,
  "brand-telegram": IconBrandTelegram, "building-bank": IconBuildingBank, calendar: IconCalendar,
  "calendar-event": IconCalendarEvent, "calendar-time": IconCalendarTime, cash: IconCash, check: IconCheck,
  checklist: IconChecklist, "circle-check": IconCircleCheck, "circle-x": IconCircleX, clock: IconClock,
  "clock-hour-4": IconClockHour4, "clock-pause": IconClockPause, coin: IconCoin, "device-mobile": IconDeviceMobile,
  "device-mobile-message": IconDeviceMobileMessage, diamond: IconDiamond, discount: IconDiscount,
  "door-exit": IconDoorExit, "file-text": IconFileText, filter: IconFilter, flag: IconFlag, flask: IconFlask,
  gavel: IconGavel, gift: IconGift, "git-branch": IconGitBranch, "git-fork": IconGitFork, "hand-stop": IconHandStop,
  headset: IconHeadset, hourglass: IconHourglass, lock: IconLock, logout: IconLogout, mail: IconMail,
  mailbox: IconMailbox, message: IconMessage, "message-2": IconMessage2, "message-circle": IconMessageCircle,
  messages: IconMessages, percentage: IconPercentage, phone: IconPhone, "phone-call": IconPhoneCall,
  "player-play": IconPlayerPlay, "player-stop": IconPlayerStop, plug: IconPlug, "question-mark": IconQuestionMark,
  refresh: IconRefresh, reload: IconReload, robot: IconRobot, route: IconRoute, schema: IconSchema,
  search: IconSearch, send: IconSend, "shield-off": IconShieldOff, sitemap: IconSitemap, star: IconStar,
  subtask: IconSubtask, "switch-3": IconSwitch3, tag: IconTag, tags: IconTags, target: IconTarget, "target-arrow": IconTargetArrow,
  timeline: IconTimeline, trophy: IconTrophy, user: IconUser, "user-check": IconUserCheck, users: IconUsers,
  webhook: IconWebhook, world: IconWorld,
};

const GROUP_ICONS: Readonly<Record<NodeGroup, TablerIcon>> = {
  entry: IconPlayerPlay,
  logic: IconDiamond,
  wait: IconClock,
  message: IconMessage,
  work: IconHeadset,
  action: IconBolt,
  end: IconPlayerStop,
};

export function NodeIcon({ icon, group, size = 15 }: { icon?: string; group?: NodeGroup; size?: number }) {
  const Icon = (icon && ICONS[icon]) || (group && GROUP_ICONS[group]) || IconSquareRounded;
  return <Icon size={size} stroke={2} aria-hidden />;
}
