;; li a1, 50
;; 1: mv a0, a1
;; jal ra, square
;; add a2, a2, a0
;; addi a1, a1, -1
;; bnez a1, 1b
;; j finish
;; square: mul a0, a0, a0
;; ret

;; Module 1
(func (;4;) (type 0) (param i32 i64 i32 i32) (result i32)
    (local i32 i32 i32 i32 i32 i32 i32 i32 i32 i64 i64 i64 i64 i64 i64 i64 i64 i64)
    (if  ;; label = @1
      (i32.lt_s
        (local.get $budget)
        (i32.const 2))
      (then
        (i64.store offset=768
          (local.get $hart)
          (local.get $pc))
        (return
          (local.get $budget))))
    (local.set $hart
      (i32.const 1048576))
    (block  ;; label = @1
      (block  ;; label = @2
        (block  ;; label = @3
          (local.set $x1
            (i64.load offset=8
              (local.get $hart)))
          (local.set $x10
            (i64.load offset=80
              (local.get $hart)))
          (local.set $budget
            (i32.sub
              (local.get $budget)
              (i32.const 2)))
          (local.set $x10
            (i64.mul
              (local.get $x10)
              (local.get $x10)))
          (local.set $13
            (i64.and
              (local.get $x1)
              (i64.const -2)))
          (i64.store offset=80
            (local.get $hart)
            (local.get $x10))
          (i64.store offset=768
            (local.get $hart)
            (local.get $13))
          (return
            (local.get $budget))
          (unreachable))
        (i64.store offset=80
          (local.get $hart)
          (local.get $x10))
        (br 1 (;@1;))))
    (local.set $13
      (i64.add
        (local.get $pc)
        (i64.extend_i32_s
          (i32.sub
            (i32.and
              (local.get $exit)
              (i32.const 131071))
            (i32.const 65536)))))
    (if  ;; label = @1
      (i32.ge_s
        (local.get $exit)
        (i32.const 0))
      (then
        (return_call_indirect (type 0)
          (local.get $hart)
          (local.get $13)
          (local.get $budget)
          (local.get $depth)
          (select
            (i32.load offset=8
              (local.tee $11
                (i32.add
                  (i32.and
                    (i32.shl
                      (i32.xor
                        (local.tee $11
                          (i32.wrap_i64
                            (local.get $13)))
                        (i32.shr_u
                          (local.get $11)
                          (i32.const 12)))
                      (i32.const 3))
                    (i32.const 65520))
                  (i32.load offset=1332
                    (local.get $hart)))))
            (i32.const 0)
            (i32.and
              (i64.eq
                (i64.load
                  (local.get $11))
                (i64.or
                  (local.get $13)
                  (i64.const 1)))
              (i32.eq
                (i32.load offset=12
                  (local.get $11))
                (i32.load offset=1336
                  (local.get $hart))))))))
    (i32.store offset=1328
      (local.get $hart)
      (i32.const 1))
    (i64.store offset=768
      (local.get $hart)
      (local.get $13))
    (i32.add
      (local.get $budget)
      (i32.and
        (i32.shr_u
          (local.get $exit)
          (i32.const 17))
        (i32.const 16383))))
(func (;5;) (type 0) (param i32 i64 i32 i32) (result i32)
    (local i32 i32 i32 i32 i32 i32 i32 i32 i32 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i32 i32 i32 i32 i32 i32 i32)
    (if  ;; label = @1
      (i32.lt_s
        (local.get $budget)
        (i32.const 5))
      (then
        (i64.store offset=768
          (local.get $hart)
          (local.get $pc))
        (return
          (local.get $budget))))
    (local.set $hart
      (i32.const 1048576))
    (block  ;; label = @1
      (block  ;; label = @2
        (block  ;; label = @3
          (block  ;; label = @4
            (local.set $x10
              (i64.load offset=80
                (local.get $hart)))
            (local.set $x11
              (i64.load offset=88
                (local.get $hart)))
            (local.set $x12
              (i64.load offset=96
                (local.get $hart)))
            (loop  ;; label = @5
              (i32.lt_s
                (local.get $budget)
                (i32.const 5))
              (local.set $exit
                (i32.const 65536))
              (br_if 3 (;@2;))
              (local.set $budget
                (i32.sub
                  (local.get $budget)
                  (i32.const 3)))
              (local.set $x12
                (i64.add
                  (local.get $x12)
                  (local.get $x10)))
              (local.set $x11
                (i64.add
                  (local.get $x11)
                  (i64.const -1)))
              (if  ;; label = @6
                (i64.ne
                  (local.get $x11)
                  (i64.const 0))
                (then
                  (local.set $budget
                    (i32.sub
                      (local.get $budget)
                      (i32.const 2)))
                  (local.set $x10
                    (local.get $x11))
                  (local.set $13
                    (i64.add
                      (local.get $pc)
                      (i64.const 16)))
                  (local.set $x1
                    (local.get $pc))
                  (i64.store offset=8
                    (local.get $hart)
                    (local.get $x1))
                  (i64.store offset=80
                    (local.get $hart)
                    (local.get $x10))
                  (i64.store offset=88
                    (local.get $hart)
                    (local.get $x11))
                  (i64.store offset=96
                    (local.get $hart)
                    (local.get $x12))
                  (if  ;; label = @7
                    (i32.eqz
                      (local.get $depth))
                    (then
                      (i64.store offset=768
                        (local.get $hart)
                        (local.get $13))
                      (return
                        (local.get $budget))))
                  (local.set $budget
                    (call 4
                      (local.get $hart)
                      (local.get $13)
                      (local.get $budget)
                      (i32.sub
                        (local.get $depth)
                        (i32.const 1))))
                  (if  ;; label = @7
                    (i64.ne
                      (i64.load offset=768
                        (local.get $hart))
                      (local.get $pc))
                    (then
                      (local.set $budget
                        (call 3
                          (local.get $hart)
                          (local.get $pc)
                          (local.get $budget)
                          (local.get $depth)))
                      (if  ;; label = @8
                        (i64.ne
                          (i64.load offset=768
                            (local.get $hart))
                          (local.get $pc))
                        (then
                          (return
                            (local.get $budget))))))
                  (i32.lt_s
                    (local.get $budget)
                    (i32.const 5))
                  (local.set $exit
                    (i32.const 65536))
                  (br_if 4 (;@2;))
                  (local.set $x10
                    (i64.load offset=80
                      (local.get $hart)))
                  (local.set $x11
                    (i64.load offset=88
                      (local.get $hart)))
                  (local.set $x12
                    (i64.load offset=96
                      (local.get $hart)))
                  (br 1 (;@5;))))
              (local.set $budget
                (i32.sub
                  (local.get $budget)
                  (i32.const 1)))
              (local.set $13
                (i64.add
                  (local.get $pc)
                  (i64.const 24)))
              (i64.store offset=88
                (local.get $hart)
                (local.get $x11))
              (i64.store offset=96
                (local.get $hart)
                (local.get $x12))
              (return_call_indirect (type 0)
                (local.get $hart)
                (local.get $13)
                (local.get $budget)
                (local.get $depth)
                (i32.load offset=36630872
                  (i32.const 0))))
            (unreachable))
          (i64.store offset=8
            (local.get $hart)
            (local.get $x1))
          (i64.store offset=80
            (local.get $hart)
            (local.get $x10))
          (i64.store offset=88
            (local.get $hart)
            (local.get $x11))
          (i64.store offset=96
            (local.get $hart)
            (local.get $x12))
          (br 2 (;@1;)))
        (i64.store offset=88
          (local.get $hart)
          (local.get $x11))
        (i64.store offset=96
          (local.get $hart)
          (local.get $x12))
        (br 1 (;@1;))))
    (local.set $13
      (i64.add
        (local.get $pc)
        (i64.extend_i32_s
          (i32.sub
            (i32.and
              (local.get $exit)
              (i32.const 131071))
            (i32.const 65536)))))
    (if  ;; label = @1
      (i32.ge_s
        (local.get $exit)
        (i32.const 0))
      (then
        (return_call_indirect (type 0)
          (local.get $hart)
          (local.get $13)
          (local.get $budget)
          (local.get $depth)
          (select
            (i32.load offset=8
              (local.tee $11
                (i32.add
                  (i32.and
                    (i32.shl
                      (i32.xor
                        (local.tee $11
                          (i32.wrap_i64
                            (local.get $13)))
                        (i32.shr_u
                          (local.get $11)
                          (i32.const 12)))
                      (i32.const 3))
                    (i32.const 65520))
                  (i32.load offset=1332
                    (local.get $hart)))))
            (i32.const 0)
            (i32.and
              (i64.eq
                (i64.load
                  (local.get $11))
                (i64.or
                  (local.get $13)
                  (i64.const 1)))
              (i32.eq
                (i32.load offset=12
                  (local.get $11))
                (i32.load offset=1336
                  (local.get $hart))))))))
    (i32.store offset=1328
      (local.get $hart)
      (i32.const 2))
    (i64.store offset=768
      (local.get $hart)
      (local.get $13))
    (i32.add
      (local.get $budget)
      (i32.and
        (i32.shr_u
          (local.get $exit)
          (i32.const 17))
        (i32.const 16383))))
(func (;6;) (type 0) (param i32 i64 i32 i32) (result i32)
    (local i32 i32 i32 i32 i32 i32 i32 i32 i32 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i32 i32 i32 i32 i32 i32 i32)
    (if  ;; label = @1
      (i32.lt_s
        (local.get $budget)
        (i32.const 2))
      (then
        (i64.store offset=768
          (local.get $hart)
          (local.get $pc))
        (return
          (local.get $budget))))
    (local.set $hart
      (i32.const 1048576))
    (block  ;; label = @1
      (block  ;; label = @2
        (block  ;; label = @3
          (block  ;; label = @4
            (local.set $x11
              (i64.load offset=88
                (local.get $hart)))
            (local.set $x12
              (i64.load offset=96
                (local.get $hart)))
            (loop  ;; label = @5
              (i32.lt_s
                (local.get $budget)
                (i32.const 2))
              (local.set $exit
                (i32.const 65536))
              (br_if 2 (;@3;))
              (local.set $budget
                (i32.sub
                  (local.get $budget)
                  (i32.const 2)))
              (local.set $x10
                (local.get $x11))
              (local.set $13
                (i64.add
                  (local.get $pc)
                  (i64.const 24)))
              (local.set $x1
                (i64.add
                  (local.get $pc)
                  (i64.const 8)))
              (i64.store offset=8
                (local.get $hart)
                (local.get $x1))
              (i64.store offset=80
                (local.get $hart)
                (local.get $x10))
              (i64.store offset=88
                (local.get $hart)
                (local.get $x11))
              (i64.store offset=96
                (local.get $hart)
                (local.get $x12))
              (if  ;; label = @6
                (i32.eqz
                  (local.get $depth))
                (then
                  (i64.store offset=768
                    (local.get $hart)
                    (local.get $13))
                  (return
                    (local.get $budget))))
              (local.set $budget
                (call 4
                  (local.get $hart)
                  (local.get $13)
                  (local.get $budget)
                  (i32.sub
                    (local.get $depth)
                    (i32.const 1))))
              (if  ;; label = @6
                (i64.ne
                  (i64.load offset=768
                    (local.get $hart))
                  (i64.add
                    (local.get $pc)
                    (i64.const 8)))
                (then
                  (local.set $budget
                    (call 3
                      (local.get $hart)
                      (i64.add
                        (local.get $pc)
                        (i64.const 8))
                      (local.get $budget)
                      (local.get $depth)))
                  (if  ;; label = @7
                    (i64.ne
                      (i64.load offset=768
                        (local.get $hart))
                      (i64.add
                        (local.get $pc)
                        (i64.const 8)))
                    (then
                      (return
                        (local.get $budget))))))
              (i32.lt_s
                (local.get $budget)
                (i32.const 4))
              (local.set $exit
                (i32.const 65544))
              (br_if 3 (;@2;))
              (local.set $x10
                (i64.load offset=80
                  (local.get $hart)))
              (local.set $x11
                (i64.load offset=88
                  (local.get $hart)))
              (local.set $x12
                (i64.load offset=96
                  (local.get $hart)))
              (local.set $budget
                (i32.sub
                  (local.get $budget)
                  (i32.const 3)))
              (local.set $x12
                (i64.add
                  (local.get $x12)
                  (local.get $x10)))
              (local.set $x11
                (i64.add
                  (local.get $x11)
                  (i64.const -1)))
              (br_if 0 (;@5;)
                (i64.ne
                  (local.get $x11)
                  (i64.const 0)))
              (local.set $budget
                (i32.sub
                  (local.get $budget)
                  (i32.const 1)))
              (local.set $13
                (i64.add
                  (local.get $pc)
                  (i64.const 32)))
              (i64.store offset=88
                (local.get $hart)
                (local.get $x11))
              (i64.store offset=96
                (local.get $hart)
                (local.get $x12))
              (return_call_indirect (type 0)
                (local.get $hart)
                (local.get $13)
                (local.get $budget)
                (local.get $depth)
                (i32.load offset=36630872
                  (i32.const 0))))
            (unreachable))
          (i64.store offset=8
            (local.get $hart)
            (local.get $x1))
          (i64.store offset=80
            (local.get $hart)
            (local.get $x10))
          (i64.store offset=88
            (local.get $hart)
            (local.get $x11))
          (i64.store offset=96
            (local.get $hart)
            (local.get $x12))
          (br 2 (;@1;)))
        (i64.store offset=88
          (local.get $hart)
          (local.get $x11))
        (i64.store offset=96
          (local.get $hart)
          (local.get $x12))
        (br 1 (;@1;))))
    (local.set $13
      (i64.add
        (local.get $pc)
        (i64.extend_i32_s
          (i32.sub
            (i32.and
              (local.get $exit)
              (i32.const 131071))
            (i32.const 65536)))))
    (if  ;; label = @1
      (i32.ge_s
        (local.get $exit)
        (i32.const 0))
      (then
        (return_call_indirect (type 0)
          (local.get $hart)
          (local.get $13)
          (local.get $budget)
          (local.get $depth)
          (select
            (i32.load offset=8
              (local.tee $11
                (i32.add
                  (i32.and
                    (i32.shl
                      (i32.xor
                        (local.tee $11
                          (i32.wrap_i64
                            (local.get $13)))
                        (i32.shr_u
                          (local.get $11)
                          (i32.const 12)))
                      (i32.const 3))
                    (i32.const 65520))
                  (i32.load offset=1332
                    (local.get $hart)))))
            (i32.const 0)
            (i32.and
              (i64.eq
                (i64.load
                  (local.get $11))
                (i64.or
                  (local.get $13)
                  (i64.const 1)))
              (i32.eq
                (i32.load offset=12
                  (local.get $11))
                (i32.load offset=1336
                  (local.get $hart))))))))
    (i32.store offset=1328
      (local.get $hart)
      (i32.const 3))
    (i64.store offset=768
      (local.get $hart)
      (local.get $13))
    (i32.add
      (local.get $budget)
      (i32.and
        (i32.shr_u
          (local.get $exit)
          (i32.const 17))
        (i32.const 16383))))
