import { bilingual } from "../../words/language";

const kinds: Record<string, string> = { duty: "duty grid", management: "management grid", evaluation: "evaluation grid" };
const kindsZh: Record<string, string> = { duty: "责任网格", management: "管理网格", evaluation: "评价网格" };

export const words = bilingual(
  {
    groups: "Groups of areas",
    kind: "Kind",
    kinds,
    pickFirst: "Choose areas on the map or by their code to move them, or write a group to see which it has.",
    inNone: "in no group",
    chosen: (n: number) => `${n} chosen`,
    to: "Group",
    members: (n: number) => (n === 1 ? "1 area" : `${n} areas`),
    choose: "Choose its areas",
    newName: "There is no such group yet. Its name",
    move: (n: number) => (n === 1 ? "Move the chosen area here" : `Move ${n} chosen areas here`),
    out: "Take out of their groups",
  },
  {
    groups: "分组",
    kind: "类型",
    kinds: kindsZh,
    pickFirst: "请先在地图上或按编码选择要调整的区域；也可填写分组，查看其中有哪些区域。",
    inNone: "未分组",
    chosen: (n) => `已选 ${n} 个`,
    to: "分组",
    members: (n) => `${n} 个区域`,
    choose: "选中其区域",
    newName: "尚无此分组，请填写名称以新建",
    move: (n) => `将所选 ${n} 个区域移入此分组`,
    out: "移出所在分组",
  },
);
