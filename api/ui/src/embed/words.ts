import { bilingual } from "../words/language";

export const words = bilingual(
  {
    title: "Who is responsible?",
    noOrigin: "The address of this page names no origin, so no decision is handed to the screen around it. Write origin=https://… with scheme and host alone.",
    noPlace: "Where is it? Find the place by name, code or coordinates.",
    handed: (origin: string) => `The decision was handed to ${origin}.`,
  },
  {
    title: "由谁负责？",
    noOrigin: "页面地址中没有 origin，判定不会交给外层系统。请写明 origin=https://…，只含协议与主机。",
    noPlace: "位置在哪里？可按名称、编码或坐标查找。",
    handed: (origin) => `判定已交给 ${origin}。`,
  },
);
