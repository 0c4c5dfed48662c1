//! Chinese names, of the usual surnames and given names.

use super::random::Random;

const SURNAMES: [&str; 40] = [
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭",
    "何", "林", "高", "罗", "郑", "梁", "谢", "宋", "唐", "许", "韩", "冯", "邓", "曹", "彭", "曾",
    "肖", "田", "董", "袁", "潘", "蒋", "欧阳", "司马",
];
const FEMALE: [&str; 36] = [
    "芳", "娜", "敏", "静", "丽", "艳", "娟", "霞", "婷", "雪", "倩", "颖", "琳", "欣怡", "梓涵",
    "诗涵", "雨桐", "佳怡", "思雨", "雅婷", "晓燕", "美玲", "海燕", "丽娟", "梦瑶", "可欣", "语嫣",
    "紫萱", "若曦", "嘉怡", "慧敏", "春梅", "玉兰", "秀英", "桂花", "晨曦",
];
const MALE: [&str; 24] = [
    "伟", "强", "磊", "军", "洋", "勇", "杰", "涛", "超", "明", "刚", "浩然", "子轩", "宇航",
    "俊杰", "志强", "建国", "文博", "天宇", "思远", "家豪", "鹏飞", "一鸣", "国栋",
];

/// Surname and given name.
pub(crate) fn name(random: &mut Random, is_female: bool) -> (&'static str, &'static str) {
    // The square of a uniform draw: the first surnames are the most frequent.
    let (a, b) = (random.below(40), random.below(40));
    let surname = SURNAMES[a.min(b) as usize];
    let given = match is_female {
        true => random.pick(&FEMALE),
        false => random.pick(&MALE),
    };
    (surname, given)
}
