// The map of a sheet as a PNG: twice as fine as it stands on the screen, with what it is of
// above it.

const width = 3600;
const margin = 80;
const lines = [84, 48, 48]; // pixels of each line of the title

export async function pictureOf(drawing: SVGSVGElement, title: string[]): Promise<Blob> {
  const image = await imageOf(drawing);
  const { width: w, height: h } = drawing.viewBox.baseVal;
  const canvas = document.createElement("canvas");
  const head = title.reduce((sum, _, i) => sum + (lines[i] ?? 0) * 1.4, margin);
  const inner = width - 2 * margin;
  canvas.width = width;
  canvas.height = Math.round(head + (inner * h) / w + margin);
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("no canvas");
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = "#1d2b3a";
  pen.textBaseline = "top";
  let y = margin * 0.8;
  title.forEach((text, i) => {
    pen.font = `${i === 0 ? 600 : 400} ${lines[i] ?? 0}px ${drawing.getAttribute("font-family") ?? "sans-serif"}`;
    pen.fillText(text, margin, y, inner);
    y += (lines[i] ?? 0) * 1.4;
  });
  pen.drawImage(image, margin, head, inner, (inner * h) / w);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"));
}

async function imageOf(drawing: SVGSVGElement): Promise<HTMLImageElement> {
  const address = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(drawing)], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    return image;
  } finally {
    URL.revokeObjectURL(address);
  }
}
